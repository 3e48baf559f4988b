import { commitStoreContract } from '../../../testing/src/commit-store-contract';
import { describeWith, POSTGRES_URL } from '../../../../test/support/servers';
import { postgresPlace } from '../support/postgres-place';

commitStoreContract('PostgresCommitStore', postgresPlace, { describe: describeWith(POSTGRES_URL), it });
