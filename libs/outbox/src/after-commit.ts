import type {
  DataSource,
  EntityManager,
  EntitySubscriberInterface,
  QueryRunner,
  TransactionCommitEvent,
} from 'typeorm';

/** Work to do when a transaction commits, by its query runner; one that rolls back takes its work with it. */
const pending = new WeakMap<QueryRunner, () => void>();
const watched = new WeakSet<DataSource>();

const watcher: EntitySubscriberInterface = {
  afterTransactionCommit: ({ queryRunner }: TransactionCommitEvent) => {
    const work = pending.get(queryRunner);
    pending.delete(queryRunner);
    work?.();
  },
  afterTransactionRollback: ({ queryRunner }) => void pending.delete(queryRunner),
};

/** Runs `work` once when the manager's transaction has committed. Work given later in the same transaction replaces it. */
export function afterCommit(manager: EntityManager, work: () => void): void {
  const { queryRunner, dataSource } = manager;
  if (!queryRunner) return;
  if (!watched.has(dataSource)) {
    watched.add(dataSource);
    dataSource.subscribers.push(watcher);
  }
  pending.set(queryRunner, work);
}
