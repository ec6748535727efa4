// One tap on a prompt is told twice: by the client at once, and by the platform's callback, in either order. This decides what counts.
import { CLIENT_WORD_LIMIT, SAME_PROMPT_SECONDS } from '@huiliu/shared';

export type Reporter = 'callback' | 'client';

/** One accepted template of one prompt, as one side tells it. */
export interface PromptReport {
  identityId: string;
  kind: string;
  scope: string;
  /** The same for every delivery of this report. */
  sourceKey: string;
  reportedBy: Reporter;
  occurredAt: Date;
}

/** A grant that the ledger holds already. */
export interface KnownGrant extends PromptReport {
  creditId: string;
  /** The other side's report of the same tap, once it came. */
  matchedKey: string | null;
}

export interface Verdict {
  /** New grants, each with the id its credit will have and, when both sides came at once, the other side's key. */
  grants: (PromptReport & { creditId: string; matchedKey: string | null })[];
  /** Known grants whose second report came now. */
  matches: { creditId: string; matchedKey: string }[];
}

export const permitKey = (p: { identityId: string; kind: string; scope: string }): string => `${p.identityId}/${p.kind}/${p.scope}`;

/**
 * Which reports grant a send and which only confirm one. A report confirms the oldest grant that the other side told within ten
 * minutes of it; two taps in a row are two grants, whoever tells them.
 */
export function judgeReports(reports: readonly PromptReport[], known: readonly KnownGrant[], newId: () => string): Verdict {
  const told = new Set(known.flatMap((grant) => (grant.matchedKey === null ? [grant.sourceKey] : [grant.sourceKey, grant.matchedKey])));
  const open = new Map<string, KnownGrant[]>();
  for (const grant of known.map((one) => ({ ...one })).sort(byTime)) push(open, grant);
  const fresh = new Set<string>();
  const verdict: Verdict = { grants: [], matches: [] };
  for (const report of [...reports].sort(byTime)) {
    if (told.has(report.sourceKey)) continue;
    told.add(report.sourceKey);
    const peers = open.get(permitKey(report)) ?? [];
    const partner = peers.find((grant) => confirms(report, grant));
    if (partner) {
      partner.matchedKey = report.sourceKey;
      if (!fresh.has(partner.creditId)) verdict.matches.push({ creditId: partner.creditId, matchedKey: report.sourceKey });
      continue;
    }
    if (report.reportedBy === 'client' && isTooMuch(report, peers)) continue;
    const grant = { ...report, creditId: newId(), matchedKey: null };
    fresh.add(grant.creditId);
    verdict.grants.push(grant);
    push(open, grant);
  }
  return verdict;
}

const byTime = (a: PromptReport, b: PromptReport): number => a.occurredAt.getTime() - b.occurredAt.getTime();

const near = (a: PromptReport, b: PromptReport): boolean =>
  Math.abs(a.occurredAt.getTime() - b.occurredAt.getTime()) <= SAME_PROMPT_SECONDS * 1000;

const confirms = (report: PromptReport, grant: KnownGrant): boolean =>
  grant.matchedKey === null && grant.reportedBy !== report.reportedBy && near(report, grant);

/** The client's word is believed alone, because callbacks get lost; but a page that keeps saying "accepted" is not. */
function isTooMuch(report: PromptReport, peers: readonly KnownGrant[]): boolean {
  const alone = peers.filter((grant) => grant.reportedBy === 'client' && grant.matchedKey === null && near(report, grant));
  return alone.length >= CLIENT_WORD_LIMIT;
}

function push(open: Map<string, KnownGrant[]>, grant: KnownGrant): void {
  const key = permitKey(grant);
  const list = open.get(key);
  if (list) list.push(grant);
  else open.set(key, [grant]);
}
