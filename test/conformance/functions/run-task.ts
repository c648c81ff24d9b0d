import { openFixtures } from './open-fixtures.ts';

const { work } = await openFixtures(process.env);

export const handler = ({ taskId }: { taskId: string }, context: { getRemainingTimeInMillis(): number }) =>
  work(taskId, Date.now() + context.getRemainingTimeInMillis());
