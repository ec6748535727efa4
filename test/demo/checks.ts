// Every total is told by at least two: the console, the ledger, the platform, and this script that did the deeds.
import { type OfferKey, OFFER_OF, SOURCES } from './cast.ts';
import type { Outcome, Sent } from './campaign.ts';
import type { Figures } from './console-figures.ts';
import type { Permits, PlatformStats } from './platform.ts';
import { permitsLeft } from './platform.ts';
import type { Person, World } from './visits.ts';

export interface Check {
  /** Which total, and whose word stands against whose. */
  what: string;
  found: number | string;
  expected: number | string;
}

/** All that was really done and seen, besides what the console says. */
export interface Facts {
  people: readonly Person[];
  /** Held an unused coupon when the campaign was launched. */
  audience: readonly Person[];
  before: Permits;
  after: Permits;
  stats: PlatformStats;
  outcome: Outcome;
  tagged: Record<string, number>;
}

const sum = (numbers: Iterable<number>): number => [...numbers].reduce((total, one) => total + one, 0);
const check = (what: string, found: number | string, expected: number | string): Check => ({ what, found, expected });

/** Held back although a rung was open: whom the report compares with. */
const isComparable = (message: Sent | undefined): boolean => message?.state === 'held_back' && message.considered.some((rung) => rung.verdict === 'chosen');

/** The checks that are off. */
export const offOf = (checks: readonly Check[]): Check[] => checks.filter(({ found, expected }) => found !== expected);

/** Every check of the story, right or wrong. */
export function checksOf({ shop }: World, facts: Facts, figures: Figures): Check[] {
  return [...waveChecks(facts, figures), ...shelfChecks(shop, facts, figures), ...ledgerChecks(facts, figures), ...campaignChecks(facts, figures), ...phoneChecks(facts), ...returnChecks(facts, figures), ...funnelChecks(facts, figures)];
}

function waveChecks({ people, outcome, before }: Facts, { home }: Figures): Check[] {
  const signedIn = people.filter((person) => person.customerId);
  return [
    check('customers: console / people who signed in', home.customers, signedIn.length),
    check('claims: console / coupons handed to phones', home.claims7d, sum(people.map((p) => p.coupons.length))),
    check('permits earned: console / prompts answered with accept', home.permitsEarned7d, sum(people.flatMap((p) => Object.values(p.accepts)))),
    check('redemptions: console / taken at the till', home.redeemed7d, sum(people.map((p) => p.orders.length))),
    check('revenue in fen: console / rung up at the till', home.revenue7dFen, sum(people.flatMap((p) => p.orders))),
    check('open windows: console / people who wrote', home.openWindows, people.filter((p) => p.wrote).length),
    check('segment 来自京东: console / people who came by that link', outcome.segments.jd.count, signedIn.filter((p) => p.part.source === 'jd_search').length),
    check('segment 有提醒次数: console / permits on the platform', outcome.segments.permitted.count, [...before.values()].filter((one) => one.expiring + one.activity + one.memberDay > 0).length),
  ];
}

function shelfChecks(shop: World['shop'], { people, tagged }: Facts, figures: Figures): Check[] {
  const touches = (source: string) => figures.entryLinks.find((link) => link.id === shop.links[source as keyof typeof shop.links].id)?.touches ?? -1;
  const visits = (key: OfferKey) => sum(people.map((p) => p.touches.filter((source) => OFFER_OF[source] === key).length));
  const held = (key: OfferKey) => people.flatMap((p) => p.coupons).filter((coupon) => coupon.offer === key);
  const links = SOURCES.map((source) => check(`visits by ${source}: console / visits made`, touches(source), sum(people.map((p) => p.touches.filter((one) => one === source).length))));
  const shelves = (Object.keys(shop.offers) as OfferKey[]).flatMap((key) => {
    const template = figures.couponTemplates.find(({ id }) => id === shop.coupons[key]);
    const report = figures.offers.find(({ id }) => id === shop.offers[key])?.report;
    const [claimed, redeemed] = [held(key).length, held(key).filter((one) => one.isRedeemed).length];
    return [
      check(`coupon ${key}, claimed: console / script`, template?.claimed ?? -1, claimed),
      check(`coupon ${key}, redeemed: console / script`, template?.redeemed ?? -1, redeemed),
      check(`coupon ${key}, claimed and remaining: console / stock`, (template?.claimed ?? 0) + (template?.remaining ?? 0), 2000),
      check(`offer ${key}, claims, redemptions, visits: console / script`, [report?.claims, report?.redeemed, report?.visits].join(), [claimed, redeemed, visits(key)].join()),
    ];
  });
  const tags = Object.entries(shop.tags).map(([key, id]) => check(`tag ${key}: console / people tagged`, figures.tags.find((tag) => tag.id === id)?.customerCount ?? -1, tagged[key] ?? 0));
  return [...links, ...shelves, ...tags];
}

function ledgerChecks({ people, after, outcome }: Facts, { home, ledgerBalance, deadLetters, channels }: Figures): Check[] {
  const windowSent = outcome.messages.filter((m) => m.state === 'sent' && m.kind === 'service_window').length;
  const onPhones = permitsLeft(after);
  return [
    check('ledger: permits whose books do not balance', ledgerBalance.offBalance, 0),
    check('ledger: refusals although a permit was noted', ledgerBalance.drift + home.drift, 0),
    check('permits left: console / platform', home.permitsRemaining, onPhones),
    check('permits and window sends left: ledger / platform, 5 per writer less those sent', ledgerBalance.remaining, onPhones + 5 * people.filter((p) => p.wrote).length - windowSent),
    check('messages of unknown fate: console', home.unknownMessages, 0),
    check('jobs given up: console', deadLetters.map((letter) => `${letter.jobName}: ${letter.error}`).join('; '), ''),
    check('channel: console', channels.map((channel) => `${channel.status}, ${channel.rejectedCallbacks} callbacks rejected`).join('; '), 'live, 0 callbacks rejected'),
  ];
}

function campaignChecks({ audience, before, outcome }: Facts, { campaign: { progress, report } }: Figures): Check[] {
  const { messages, forecast } = outcome;
  const reachable = audience.filter((p) => p.wrote || (before.get(p.id)?.expiring ?? 0) > 0).length;
  const sent = messages.filter((m) => m.state === 'sent');
  const heldReachable = messages.filter(isComparable).length;
  return [
    check('segment 领了券还没来: console / unused coupons in hands', outcome.segments.unredeemed.count, audience.length),
    check('forecast, audience: console / script', forecast.audience, audience.length),
    check('campaign, audience: console / script', progress.audience, audience.length),
    check('campaign, sent + skipped + held back: console / audience', progress.sent + progress.skipped + progress.heldBack, audience.length),
    check('campaign, one message per person: console / audience', new Set(messages.map((m) => m.customer.id)).size, audience.length),
    check('campaign, refused, failed, unknown, unfinished: console', progress.refused + progress.failed + progress.unknown + progress.cancelled + progress.planned + progress.sending + progress.leased, 0),
    check('campaign, sent and held back who can be reached: console / platform permits and writers', sent.length + heldReachable, reachable),
    check('forecast, reachable: console / sent by the campaign', sum(forecast.reachable.map((rung) => rung.count)), sent.length),
    check('report, sent: report / message list', report.sent, sent.length),
    check('report, hold-out: report / message list', report.holdout, heldReachable),
    check('report, permits spent: report / sent', report.permitsSpent, sent.length),
    check('report, drift', report.drift, 0),
  ];
}

function phoneChecks({ people, stats, outcome: { messages } }: Facts): Check[] {
  const byCustomer = new Map(messages.map((message) => [message.customer.id, message]));
  const wrong = people.filter((person) => {
    const message = person.customerId ? byCustomer.get(person.customerId) : undefined;
    const got = stats.byPerson[person.id] ?? { subscribe: 0, custom: 0 };
    const due = message?.state === 'sent' ? message.kind : null;
    return got.subscribe !== Number(due === 'one_time_subscription') || got.custom !== Number(due === 'service_window');
  });
  const count = (kind: string) => messages.filter((m) => m.state === 'sent' && m.kind === kind).length;
  return [
    check('notices: sent by the console / received on phones', count('one_time_subscription'), stats.received.subscribe),
    check('chat messages: sent by the console / received on phones', count('service_window'), stats.received.custom),
    check('phones that did not get exactly what the message list says', wrong.map((person) => person.name).join('、'), ''),
    check('messages received twice: platform', stats.repeats, 0),
    check('callbacks that the product did not take: platform', stats.callbacks.failed, 0),
    check('callbacks: sent by the platform / taken', stats.callbacks.sent, stats.callbacks.acked),
  ];
}

function returnChecks({ outcome }: Facts, { home, campaign: { report } }: Figures): Check[] {
  const state = new Map(outcome.messages.map((message) => [message.customer.id, message]));
  const sent = (id: string) => state.get(id)?.state === 'sent';
  const held = (id: string) => isComparable(state.get(id));
  const [back, bought] = [[...outcome.returned], [...outcome.bought]];
  const boughtBySent = bought.filter(([id]) => sent(id));
  return [
    check('report, tapped: console / taps on phones', report.tapped, outcome.tapped.size),
    check('report, delivered: console / receipts for notices received', report.delivered, outcome.messages.filter((m) => m.state === 'sent' && m.kind === 'one_time_subscription').length),
    check('report, came back: console / script', report.returned, back.filter(sent).length),
    check('report, redeemed: console / script', report.redeemed, boughtBySent.length),
    check('report, revenue in fen: console / script', report.revenueFen, sum(boughtBySent.map(([, fen]) => fen))),
    check('report, held back who came anyway: console / script', report.holdoutReturned, back.filter(held).length),
    check('report, held back who bought anyway: console / script', report.holdoutRedeemed, bought.filter(([id]) => held(id)).length),
    check('returned in 7 days: console / script', home.returned7d, back.filter(sent).length),
  ];
}

function funnelChecks({ people, outcome }: Facts, { home }: Figures): Check[] {
  const sent = new Set(outcome.messages.filter((m) => m.state === 'sent').map((m) => m.customer.id));
  const expected: Record<string, number> = {
    visited: people.length,
    claimed: people.filter((p) => p.coupons.length > 0).length,
    accepted: people.filter((p) => sum(Object.values(p.accepts)) > 0).length,
    recalled: sent.size,
    returned: [...outcome.returned].filter((id) => sent.has(id)).length,
    redeemed: [...outcome.bought.keys()].filter((id) => sent.has(id)).length,
  };
  return Object.entries(expected).map(([key, count]) => check(`funnel, ${key}: console / script`, home.funnel.find((step) => step.key === key)?.people ?? -1, count));
}
