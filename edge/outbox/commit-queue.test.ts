import { expect, it } from 'vitest';
import { CommitQueue } from './commit-queue.ts';
import { BufferPool } from './staging.ts';

function queue() {
  const sent: number[] = [];
  const turns: (() => void)[] = [];
  const commits = new CommitQueue({
    pool: new BufferPool(),
    maxCommitBytes: 1024,
    send: ({ state }) => sent.push(state.length),
    soon: (task) => turns.push(task),
  });
  const endTurn = () => {
    for (const task of turns.splice(0)) task();
  };
  return { commits, sent, endTurn };
}

it('state that finds no room is not tried again before somebody says so', () => {
  const { commits, sent, endTurn } = queue();
  commits.keep('arming', '"away"');
  endTurn();
  expect(sent).toEqual([1]);
  commits.finished({ refused: 0, stateKept: false }).tell();
  endTurn();
  expect(sent).toEqual([1]);
  commits.retry();
  expect(sent).toEqual([1, 1]);
});

it('records that came meanwhile do not wait for that', () => {
  const { commits, sent, endTurn } = queue();
  commits.keep('arming', '"away"');
  endTurn();
  commits.add('bulk', 1, 1, '{"sequence":1,"after":0}');
  commits.finished({ refused: 0, stateKept: false }).tell();
  expect(sent).toEqual([1, 1]);
});
