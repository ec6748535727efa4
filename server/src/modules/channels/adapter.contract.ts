// What every platform adapter must do, whatever the platform. Each adapter's spec calls it with recorded traffic.
import { describe, expect, it } from 'vitest';
import { PayloadError, PlatformSilence } from './adapter.js';
import type { ChannelAdapter, InboundRequest, PlatformHttp, PlatformRequest, SendRequest } from './adapter.js';

export interface ContractSubject {
  make(http: PlatformHttp): ChannelAdapter;
  /** A genuine callback `ageSeconds` old. */
  callback(ageSeconds: number): InboundRequest;
  /** The same callback after someone changed its body on the way. */
  tampered(): InboundRequest;
  handshake(): { request: InboundRequest; answer: string };
  request: SendRequest;
  /** Recorded answers of the platform. */
  answers: { sent: string; tokenExpired: string; refused: string; throttled: string; secretWrong: string; token: string };
}

/** Plays back one recorded answer and keeps what was asked. */
export function playback(text: string, status = 200): PlatformHttp & { asked: PlatformRequest[] } {
  const asked: PlatformRequest[] = [];
  return { asked, exchange: (request) => (asked.push(request), Promise.resolve({ status, text })) };
}

const silence = (reached: boolean): PlatformHttp => ({ exchange: () => Promise.reject(new PlatformSilence('no answer', reached)) });

export function describeAdapter(name: string, subject: ContractSubject): void {
  const idle = (): ChannelAdapter => subject.make(silence(false));
  describe(`${name}: callbacks`, () => {
    it('opens a genuine one, and parses what it opened', () => {
      const verified = idle().verify(subject.callback(0));
      expect(verified.outcome).toBe('event');
      if (verified.outcome !== 'event') return;
      expect(verified.dedupKey).not.toBe('');
      expect(idle().parse(verified.payload, verified.format).length).toBeGreaterThan(0);
    });
    it('gives two deliveries of one event the same key', () => {
      const keys = [0, 20].map((age) => idle().verify(subject.callback(age))).map((verified) => verified.outcome === 'event' && verified.dedupKey);
      expect(keys[0]).toBe(keys[1]);
    });
    it('refuses a tampered one', () => expect(idle().verify(subject.tampered())).toEqual({ outcome: 'refused', reason: 'bad_signature' }));
    it('refuses one from six minutes ago and one from six minutes ahead', () => {
      for (const age of [360, -360]) expect(idle().verify(subject.callback(age))).toEqual({ outcome: 'refused', reason: 'stale' });
    });
    it('takes one from four minutes ago', () => expect(idle().verify(subject.callback(240)).outcome).toBe('event'));
    it('refuses one without any signature', () =>
      expect(idle().verify({ ...subject.callback(0), query: {} })).toEqual({ outcome: 'refused', reason: 'bad_signature' }));
    it('answers the address check', () => {
      const { request, answer } = subject.handshake();
      expect(idle().verify(request)).toEqual({ outcome: 'handshake', answer });
    });
    it('calls rubbish a payload error', () => expect(() => idle().parse('rubbish', 'json')).toThrow(PayloadError));
  });

  describe(`${name}: sends`, () => {
    const send = (http: PlatformHttp): Promise<unknown> => subject.make(http).send(subject.request, 'TOKEN');
    it('asks once and reports what the platform took', async () => {
      const http = playback(subject.answers.sent);
      expect(await send(http)).toMatchObject({ outcome: 'accepted' });
      expect(http.asked).toHaveLength(1);
    });
    it.each(['tokenExpired', 'refused', 'throttled'] as const)('%s is an outcome, not an exception', async (which) => {
      const wanted = { tokenExpired: 'token_expired', refused: 'refused', throttled: 'throttled' }[which];
      expect(await send(playback(subject.answers[which]))).toMatchObject({ outcome: wanted });
    });
    it('says whether a silent platform may have taken the message', async () => {
      expect(await send(silence(true))).toMatchObject({ outcome: 'upstream', mayHaveBeenSent: true });
      expect(await send(silence(false))).toMatchObject({ outcome: 'upstream', mayHaveBeenSent: false });
      expect(await send(playback('<html>bad gateway</html>', 502))).toMatchObject({ outcome: 'upstream', mayHaveBeenSent: true });
      expect(await send(playback('<html>hello</html>'))).toMatchObject({ outcome: 'upstream', mayHaveBeenSent: true });
    });
  });

  describe(`${name}: token`, () => {
    it('is read from a good answer and refused by name from a bad one', async () => {
      expect(await subject.make(playback(subject.answers.token)).issueToken(false)).toMatchObject({ ok: true });
      expect(await subject.make(playback(subject.answers.secretWrong)).issueToken(false)).toMatchObject({ ok: false, kind: 'forbidden' });
      expect(await subject.make(silence(false)).issueToken(false)).toMatchObject({ ok: false, problem: 'platform_unreachable' });
    });
  });
}
