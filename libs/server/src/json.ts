/**
 * The values of the protocol as JSON that loses no type: an entry of its own, for tools that have no use for a server.
 *
 * @module @atomsync/server/json
 */

export { readJson, writeJson } from './http/json-codec';
