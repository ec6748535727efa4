import { describe, expect, it } from 'vitest';
import { Turns } from './turns.js';

describe('turns', () => {
  it('go round the dispatches until the budget is used', () => {
    const turns = new Turns(['a', 'b'], 250, 100);
    expect([turns.next(), turns.next(), turns.next(), turns.next()]).toEqual([{ dispatch: 'a', count: 100 }, { dispatch: 'b', count: 100 }, { dispatch: 'a', count: 50 }, undefined]);
  });
  it('leave out who has nothing due, and give on what it did not take', () => {
    const turns = new Turns(['a', 'b'], 100, 100);
    const first = turns.next()!;
    turns.took(first, 30);
    expect(turns.next()).toEqual({ dispatch: 'b', count: 70 });
    expect(turns.claimed).toBe(30);
  });
  it('charge only what reached the platform', () => {
    const turns = new Turns(['a'], 100, 100);
    turns.took(turns.next()!, 100);
    turns.ended('a', { claimed: 100, sent: 60, isOver: false });
    expect(turns.next()).toEqual({ dispatch: 'a', count: 40 });
    expect(turns.sent).toBe(60);
  });
  it('end for a dispatch that stopped', () => {
    const turns = new Turns(['a'], 500, 100);
    turns.took(turns.next()!, 100);
    turns.ended('a', { claimed: 100, sent: 100, isOver: true });
    expect(turns.next()).toBeUndefined();
  });
});
