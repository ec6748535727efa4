// The numbers that the console shows, read as it reads them.
import type { Shop } from './shop.ts';

const QUERY = `query ($campaign: ID!) {
  home { customers permitsRemaining permitsEarned7d claims7d redeemed7d returned7d revenue7dFen openWindows drift unknownMessages funnel { key people } }
  ledgerBalance { offBalance drift remaining }
  entryLinks { id touches }
  couponTemplates { id claimed redeemed remaining }
  offers { id report { claims redeemed visits } }
  tags { id customerCount }
  deadLetters { id jobName error }
  channels { status rejectedCallbacks sentToday }
  campaign(id: $campaign) {
    progress { audience sent skipped heldBack unknown refused failed cancelled planned sending leased }
    report { sent delivered refused tapped returned redeemed revenueFen holdout holdoutReturned holdoutRedeemed permitsSpent drift uplift byRung { kind sent tapped } }
  }
}`;

export interface Figures {
  home: Record<'customers' | 'permitsRemaining' | 'permitsEarned7d' | 'claims7d' | 'redeemed7d' | 'returned7d' | 'revenue7dFen' | 'openWindows' | 'drift' | 'unknownMessages', number> & { funnel: { key: string; people: number }[] };
  ledgerBalance: { offBalance: number; drift: number; remaining: number };
  entryLinks: { id: string; touches: number }[];
  couponTemplates: { id: string; claimed: number; redeemed: number; remaining: number }[];
  offers: { id: string; report: { claims: number; redeemed: number; visits: number } }[];
  tags: { id: string; customerCount: number }[];
  deadLetters: { id: string; jobName: string; error: string }[];
  channels: { status: string; rejectedCallbacks: number; sentToday: number }[];
  campaign: {
    progress: Record<'audience' | 'sent' | 'skipped' | 'heldBack' | 'unknown' | 'refused' | 'failed' | 'cancelled' | 'planned' | 'sending' | 'leased', number>;
    report: Record<'sent' | 'delivered' | 'refused' | 'tapped' | 'returned' | 'redeemed' | 'revenueFen' | 'holdout' | 'holdoutReturned' | 'holdoutRedeemed' | 'permitsSpent' | 'drift', number> & {
      uplift: number | null;
      byRung: { kind: 'window' | 'subscription'; sent: number; tapped: number }[];
    };
  };
}

export const figuresOf = (shop: Shop, campaignId: string) => shop.api.all<Figures>(QUERY, { campaign: campaignId });
