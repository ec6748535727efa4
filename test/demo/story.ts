// The whole story of one shop, act by act.
import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { Simulator } from '../support/simulator.ts';
import { atOnce, settled } from './api.ts';
import { aftermath, makeSegments, type Outcome, recall } from './campaign.ts';
import { castOf } from './cast.ts';
import { checksOf, type Check, type Facts, offOf } from './checks.ts';
import { type Figures, figuresOf } from './console-figures.ts';
import { callbacksDone, permitsLeft, type Permits, permitsOf, statsOf } from './platform.ts';
import { Progress } from './progress.ts';
import { openShop, type Shop, SHOP_STEPS } from './shop.ts';
import { comeBack, firstVisit, newPerson, type Person, type World } from './visits.ts';

// The platform's events tell whole seconds: a yes and a no within one second have no order.
const A_SECOND_LATER_MS = 1100;

export interface StoryOptions {
  url: string;
  people: number;
  seed: number;
  width: number;
  /** How long totals may take to agree, in seconds. */
  patience: number;
  /** Sign-in addresses in the order of preference. */
  emails: Iterable<string>;
}

export interface Told {
  shop: Shop;
  facts: Facts;
  figures: Figures;
  checks: Check[];
}

/** Plays the story once, and looks at every total until all agree or a minute has passed. */
export async function tell({ url, people: count, seed, width, patience, emails }: StoryOptions): Promise<Told> {
  const progress = new Progress();
  const simulator = new Simulator(url); // behind the product's own /sim
  progress.phase('开店 Opening the shop', SHOP_STEPS);
  const shop = await openShop(url, simulator, emails, () => progress.step());
  const world: World = { url, simulator, shop, width, patience };
  const people = await theWave(world, { count, seed }, progress);
  const { tagged, before } = await theEvening(world, people, progress);
  const audience = people.filter((person) => person.coupons.some((coupon) => !coupon.isRedeemed));
  const segments = await makeSegments(shop.api);
  const outcome = await theRecall(world, { people, segments }, progress);
  progress.phase('对账 Checking every total', 3);
  await callbacksDone(world);
  progress.step();
  const facts: Facts = { people, audience, before, tagged, outcome, after: await permitsOf(world, people), stats: await statsOf(world) };
  progress.step();
  const look = async () => {
    const figures = await figuresOf(shop, outcome.campaignId);
    return { figures, checks: checksOf(world, facts, figures) };
  };
  const { figures, checks } = await settled(look, (seen) => offOf(seen.checks).length === 0, patience);
  progress.step();
  return { shop, facts, figures, checks };
}

async function theWave(world: World, { count, seed }: { count: number; seed: number }, progress: Progress): Promise<Person[]> {
  const bodies = await world.simulator.people(count, `cg-${randomBytes(3).toString('hex')}-`);
  const people = castOf(seed, count).map((part, index) => newPerson(bodies[index]!, part));
  progress.phase('顾客到店 Customers come in', count);
  await atOnce(people, world.width, async (person) => {
    await firstVisit(world, person);
    progress.step();
  });
  const again = people.filter((person) => person.part.comesBack && person.customerId);
  progress.phase('回头客 Some come again', again.length);
  await atOnce(again, world.width, async (person) => {
    await comeBack(world, person);
    progress.step();
  });
  return people;
}

/** What is left to do before closing: settings on some phones, tags, and the books agree with the platform. */
async function theEvening(world: World, people: readonly Person[], progress: Progress): Promise<{ tagged: Record<string, number>; before: Permits }> {
  progress.phase('打烊 Tags, settings, books', 3);
  const tagged = await tagPeople(world, people);
  progress.step();
  const { simulator, shop } = world;
  await callbacksDone(world);
  await booksAgree(world, people);
  await setTimeout(A_SECOND_LATER_MS);
  for (const person of people.filter((one) => one.part.switchesOff && one.accepts.expiring > 0)) {
    await simulator.call('POST', `/sim/people/${person.id}/settings`, { appid: shop.appid, templateId: shop.external.expiring, status: 'reject' });
  }
  progress.step();
  await callbacksDone(world);
  const before = await booksAgree(world, people);
  await shop.api.one('mutation ($id: ID!) { checkChannel(id: $id) { status } }', { id: shop.channelId });
  progress.step();
  return { tagged, before };
}

/** Waits until the product has worked off the callbacks; what stays apart is named by the checks at the end. */
async function booksAgree(world: World, people: readonly Person[]): Promise<Permits> {
  const permits = await permitsOf(world, people);
  const writers = people.filter((person) => person.wrote).length;
  const home = () => world.shop.api.one<{ permitsRemaining: number; openWindows: number }>('{ home { permitsRemaining openWindows } }');
  await settled(home, (figures) => figures.permitsRemaining === permitsLeft(permits) && figures.openWindows === writers, world.patience);
  return permits;
}

async function tagPeople({ shop }: World, people: readonly Person[]): Promise<Record<string, number>> {
  const groups: Record<keyof Shop['tags'], readonly Person[]> = {
    regular: people.filter((person) => person.touches.length > 1),
    croissant: people.filter((person) => person.coupons.some((coupon) => coupon.offer === 'croissant')),
    wrote: people.filter((person) => person.wrote),
  };
  const tagged: Record<string, number> = {};
  for (const [key, group] of Object.entries(groups) as [keyof Shop['tags'], readonly Person[]][]) {
    const customerIds = group.flatMap((person) => person.customerId ?? []);
    for (let from = 0; from < customerIds.length; from += 100) {
      await shop.api.one('mutation ($ids: [ID!]!, $tag: ID!) { tagCustomers(customerIds: $ids, tagId: $tag) { ok } }', { ids: customerIds.slice(from, from + 100), tag: shop.tags[key] });
    }
    tagged[key] = customerIds.length;
  }
  return tagged;
}

async function theRecall(world: World, { people, segments }: { people: readonly Person[]; segments: Outcome['segments'] }, progress: Progress): Promise<Outcome> {
  progress.phase('召回 The campaign goes out', Math.max(1, segments.unredeemed.count));
  let shown = 0;
  const sent = await recall(world, segments, (done) => {
    progress.step(done - shown);
    shown = Math.max(shown, done);
  });
  progress.phase('回流 Some come back', people.length);
  return { segments, ...sent, ...(await aftermath(world, people, sent.messages, () => progress.step())) };
}
