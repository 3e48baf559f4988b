export { commitStoreContract, type CommitStorePlace, type SuiteRunner } from './commit-store-contract';
export { localStoreContract, type LocalStoreContractOptions } from './local-store-contract';
