// Who may be joined with whom without asking anybody. The wrong join shows one person another's coupons: when in doubt, none.

export type JoinEvidence = 'union' | 'external_userid' | 'phone';

/** What speaks about one person: their age in our books, and the ids they have. */
export interface JoinCandidate {
  customerId: string;
  createdAt: Date;
  identities: readonly { channelId: string; kind: string; externalId: string; unionId: string | null }[];
}

export type JoinVerdict = { verdict: 'auto'; into: string; from: string[] } | { verdict: 'review'; why: 'same_account_twice' | 'other_union' };

/** Ids of which the platform gives a person only one per account. */
const ONE_PER_ACCOUNT = new Set(['openid', 'external_userid']);

/**
 * Decides on people whom one piece of evidence names together. The one we have known longest stays.
 * A phone may be a family's: it does not join people whom the platform itself tells apart.
 */
export function judgeJoin(evidence: JoinEvidence, people: readonly JoinCandidate[]): JoinVerdict {
  if (evidence !== 'external_userid' && hasTwoAtOneAccount(people)) return { verdict: 'review', why: 'same_account_twice' };
  if (evidence === 'phone' && unionsOf(people).size > 1) return { verdict: 'review', why: 'other_union' };
  const [into, ...from] = people.toSorted((a, b) => a.createdAt.getTime() - b.createdAt.getTime() || (a.customerId < b.customerId ? -1 : 1));
  return { verdict: 'auto', into: into!.customerId, from: from.map((person) => person.customerId) };
}

/** Two different ids of one account are two people to the platform, whatever else they share. */
function hasTwoAtOneAccount(people: readonly JoinCandidate[]): boolean {
  const owners = new Map<string, string>();
  for (const person of people)
    for (const { channelId, kind } of person.identities) {
      if (!ONE_PER_ACCOUNT.has(kind)) continue;
      const account = `${channelId}/${kind}`;
      const owner = owners.get(account);
      if (owner !== undefined && owner !== person.customerId) return true;
      owners.set(account, person.customerId);
    }
  return false;
}

const unionsOf = (people: readonly JoinCandidate[]): Set<string> =>
  new Set(people.flatMap((person) => person.identities.flatMap(({ unionId }) => unionId ?? [])));
