/**
 * The contract suites of the ports, for those who write adapters.
 *
 * @module @atomsync/testing/contracts
 */

export { commitStoreContract, type CommitStorePlace, type SuiteRunner } from './commit-store-contract';
export { localStoreContract, type LocalStoreContractOptions } from './local-store-contract';
