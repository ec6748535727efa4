import { describe, expect, it } from 'vitest';
import { actionsOf, failureCards, isQuietAt, progressView, upliftView, type Progress } from './report.ts';

const progress = (more: Partial<Progress>): Progress => ({
  audience: 0, planned: 0, leased: 0, sending: 0, awaiting: 0, sent: 0, unknown: 0, refused: 0, failed: 0, skipped: 0, heldBack: 0, cancelled: 0, chunks: 0, chunksDone: 0, ...more,
});

describe('campaign numbers', () => {
  it('starts at nothing, moves with planning, and ends at all', () => {
    expect(progressView(progress({}), 'draft').percent).toBe(0);
    expect(progressView(progress({ chunks: 4, chunksDone: 2, planned: 100 }), 'planning').percent).toBe(5);
    expect(progressView(progress({ chunks: 4, chunksDone: 4, planned: 50, sent: 50 }), 'sending').percent).toBe(55);
    expect(progressView(progress({ chunks: 4, chunksDone: 4, sent: 99, skipped: 1 }), 'completed').percent).toBe(100);
  });
  it('never loses a person between the parts', () => {
    const all = progress({ planned: 1, leased: 2, sending: 3, awaiting: 11, sent: 4, unknown: 5, refused: 6, failed: 7, skipped: 8, heldBack: 9, cancelled: 10 });
    expect(progressView(all, 'sending').parts.reduce((sum, part) => sum + part.count, 0)).toBe(66);
  });
  it('claims an effect only when the whole interval lies on one side', () => {
    const sent = 1000;
    expect(upliftView({ sent, holdout: 50, uplift: 0.042, upliftInterval: [0.011, 0.073] }, true)).toEqual({ verdict: 'better', points: '4.2', low: '1.1', high: '7.3', perThousand: 42 });
    expect(upliftView({ sent, holdout: 50, uplift: 0.01, upliftInterval: [-0.02, 0.04] }, true).verdict).toBe('unclear');
    expect(upliftView({ sent, holdout: 50, uplift: -0.05, upliftInterval: [-0.08, -0.02] }, true).verdict).toBe('worse');
    expect(upliftView({ sent, holdout: 0, uplift: null, upliftInterval: null }, false).verdict).toBe('none');
    expect(upliftView({ sent: 0, holdout: 0, uplift: null, upliftInterval: null }, true).verdict).toBe('early');
  });
  it('shows the largest reason first, with the place to fix it, and no hold-out among failures', () => {
    const cards = failureCards([
      { state: 'skipped', reason: 'capped', count: 3 }, { state: 'skipped', reason: 'no_permit', count: 30 },
      { state: 'held_back', reason: 'holdout', count: 50 }, { state: 'failed', reason: 'something_new', count: 1 }, { state: 'refused', reason: 'no_permit', count: 6 },
    ]);
    expect(cards.map((card) => [card.reason, card.count, card.fix])).toEqual([['no_permit', 36, 'offer'], ['capped', 3, 'rules'], ['something_new', 1, 'none']]);
  });
  it('offers only what the state allows', () => {
    expect(actionsOf('draft')).toEqual({ launch: true, pause: false, resume: false, cancel: false, remove: true });
    expect(actionsOf('sending')).toMatchObject({ pause: true, cancel: true, resume: false });
    expect(actionsOf('stopped')).toMatchObject({ pause: false, cancel: true, resume: true });
    expect(actionsOf('completed')).toEqual({ launch: false, pause: false, resume: false, cancel: false, remove: false });
  });
  it('knows quiet hours over midnight, the end not included', () => {
    const night = { from: '22:00', until: '09:00' };
    expect(['21:59', '22:00', '03:10', '08:59', '09:00'].map((clock) => isQuietAt(clock, night))).toEqual([false, true, true, true, false]);
    expect(isQuietAt('12:30', { from: '12:00', until: '13:00' })).toBe(true);
  });
});
