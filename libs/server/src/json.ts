/* Entry of its own: the values of the protocol as JSON, for tools that have no use for a server. */
export { readJson, writeJson } from './http/json-codec';
