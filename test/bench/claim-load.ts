// The load process of the `claim` benchmark: signs people in, then lets them all tap at once.
import { randomUUID } from 'node:crypto';
import { fire, jsonPost } from './http-line.ts';

export type LoadOrder =
  | { do: 'sign_in'; port: number; tenantSlug: string; people: number; connections: number }
  | { do: 'claim'; port: number; offerId: string; repeatEvery: number; connections: number }
  /** The same requests to a server that does nothing. */
  | { do: 'bare'; port: number; ms: number; connections: number };

export interface LoadResult {
  answered: number;
  seconds: number;
  /** Until the last coupon was given. */
  givenSeconds: number;
  p50Ms: number;
  p99Ms: number;
  given: number;
  repeats: number;
  soldOut: number;
  /** Any other answer, and a code that two people got. */
  wrong: number;
}

const SIGN_IN = 'mutation($shop:String!,$visitor:String!){signInVisitor(tenantSlug:$shop,visitorId:$visitor){...on CustomerSession{token}}}';
const CLAIM = 'mutation($id:ID!){claimOffer(offerId:$id){__typename ...on ClaimedCoupon{isRepeat coupon{id code expiresAt}}...on Refusal{code}}}';
const tokens: string[] = [];

process.on('message', (order: LoadOrder) => {
  void work(order).then((result) => process.send?.(result));
});
process.once('disconnect', () => process.exit(0));

function work(order: LoadOrder): Promise<LoadResult> {
  if (order.do === 'sign_in') return signIn(order);
  return order.do === 'claim' ? claim(order) : bare(order);
}

async function signIn({ port, tenantSlug, people, connections }: LoadOrder & { do: 'sign_in' }): Promise<LoadResult> {
  const requests = Array.from({ length: people }, () => jsonPost('/graphql', { query: SIGN_IN, variables: { shop: tenantSlug, visitor: randomUUID() } }));
  let wrong = 0;
  const seconds = await fire({ port, connections, requests }, (body) => {
    const token = /"token":"([^"]+)"/u.exec(body)?.[1];
    if (token) tokens.push(token);
    else if (wrong++ === 0) process.stderr.write(`sign-in answered: ${body.slice(0, 300)}\n`);
  });
  return { ...nothing(), answered: tokens.length, seconds, wrong };
}

async function claim({ port, offerId, repeatEvery, connections }: LoadOrder & { do: 'claim' }): Promise<LoadResult> {
  const body = { query: CLAIM, variables: { id: offerId } };
  const requests = tokens.flatMap((token, at) => {
    const tap = jsonPost('/graphql', body, token);
    return at % repeatEvery === 0 ? [tap, tap] : [tap];
  });
  const result = nothing();
  const times: number[] = [];
  const codes = new Set<string>();
  const began = performance.now();
  result.seconds = await fire({ port, connections, requests }, (text, ms) => {
    times.push(ms);
    const code = /"code":"([A-Z0-9]{12})"/u.exec(text)?.[1];
    if (code && text.includes('"isRepeat":false') && !codes.has(code)) {
      codes.add(code);
      result.given += 1;
      result.givenSeconds = (performance.now() - began) / 1000;
    } else if (code && text.includes('"isRepeat":true')) result.repeats += 1;
    else if (text.includes('"code":"sold_out"')) result.soldOut += 1;
    else if (result.wrong++ === 0) process.stderr.write(`claim answered: ${text.slice(0, 300)}\n`);
  });
  return { ...result, answered: requests.length, ...percentiles(times) };
}

async function bare({ port, ms, connections }: LoadOrder & { do: 'bare' }): Promise<LoadResult> {
  const body = { query: CLAIM, variables: { id: randomUUID() } };
  const taps = tokens.map((token) => jsonPost('/graphql', body, token));
  const requests = Array.from({ length: 400_000 }, (_, at) => taps[at % taps.length]!);
  const times: number[] = [];
  const seconds = await fire({ port, connections, requests, ms }, (_text, took) => times.push(took));
  return { ...nothing(), answered: times.length, seconds, ...percentiles(times) };
}

const nothing = (): LoadResult => ({ answered: 0, seconds: 0, givenSeconds: 0, p50Ms: 0, p99Ms: 0, given: 0, repeats: 0, soldOut: 0, wrong: 0 });

function percentiles(times: number[]): { p50Ms: number; p99Ms: number } {
  times.sort((a, b) => a - b);
  const at = (share: number): number => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
  return { p50Ms: at(0.5), p99Ms: at(0.99) };
}
