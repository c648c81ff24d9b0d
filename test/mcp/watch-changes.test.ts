import { expect, it } from 'vitest';
import { watchChanges } from '../../functions/mcp/subscriptions/watch-changes.ts';

it('a change is told one look after it was seen, when no instance trusts any more what it read before', async () => {
  const looks = ['1', '1', '2', '2', '3', '3', undefined];
  const log: string[] = [];
  const look = async () => {
    const stamp = looks.shift();
    log.push(`saw ${stamp}`);
    return stamp === undefined ? undefined : new Map([['tools', stamp]]);
  };
  const told = new Map([['tools', '1']]);
  const tell = (topic: string) => log.push(`told ${topic} ${told.get(topic)}`);
  await watchChanges(told, look, tell, 1, new AbortController().signal);
  expect(log).toEqual([
    'saw 1',
    'saw 1',
    'saw 2',
    'saw 2',
    'told tools 2',
    'saw 3',
    'saw 3',
    'told tools 3',
    'saw undefined',
  ]);
});
