// Many customers who came, signed in and accepted a notice: each by the same calls as one customer alone.
import { aShopper, answerPrompt, type Shopper } from './customer.ts';
import type { Merchant } from './merchant.ts';
import type { Simulator } from './simulator.ts';

/** Does the work for each, `lanes` at a time. */
export async function eachOf<T, R>(items: readonly T[], work: (item: T) => Promise<R>, lanes = 12): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let at = next++; at < items.length; at = next++) results[at] = await work(items[at]!);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return results;
}

/** `count` people who opened the mini program and allowed one notice of the template. */
export async function aCrowd(url: string, simulator: Simulator, merchant: Merchant, { count, templateId }: { count: number; templateId?: string }): Promise<Shopper[]> {
  const people = await simulator.people(count);
  const crowd = await eachOf(people, ({ id }) => aShopper(url, simulator, merchant, { person: id }));
  if (templateId) await acceptAll(simulator, merchant, crowd, templateId);
  return crowd;
}

export async function acceptAll(simulator: Simulator, merchant: Merchant, crowd: readonly Shopper[], templateId: string): Promise<void> {
  await eachOf(crowd, (shopper) => answerPrompt(simulator, merchant, shopper, { [templateId]: 'accept' }));
}
