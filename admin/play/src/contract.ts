// The part of the API's contract that these pages use.
export interface PublicOffer {
  id: string;
  tenantName: string;
  headline: string;
  description: string;
  mode: 'service' | 'conditional';
  state: 'published' | 'ended';
  appId: string;
  coupon: CouponTerms & { isSoldOut: boolean; validity: 'fixed' | 'relative'; validUntil: string | null; validDays: number | null };
  notices: { templateExternalId: string; title: string; purpose: string }[];
}

/** Money in fen; `percentOff` 20 means 20% off. */
export interface CouponTerms {
  name: string;
  kind: 'amount' | 'percent' | 'exchange';
  valueFen: number | null;
  percentOff: number | null;
  exchangeItem: string | null;
  minSpendFen: number;
  usageNotes: string | null;
}

export interface Coupon {
  id: string;
  code: string;
  state: 'claimed' | 'redeemed' | 'expired' | 'revoked';
  usableFrom: string;
  expiresAt: string;
  redeemedAt: string | null;
  template: CouponTerms;
}

export interface Refusal {
  __typename: 'Refusal';
  code: string;
  details: { state?: string } | null;
}
export type ClaimResult = { __typename: 'ClaimedCoupon'; isRepeat: boolean; coupon: Coupon } | Refusal;
export type SessionResult = { __typename: 'CustomerSession'; token: string } | Refusal;

/** Where WeChat's own browser goes to be known. */
export interface WeChatLogin {
  appId: string;
  url: string;
}

const TERMS = 'name kind valueFen percentOff exchangeItem minSpendFen usageNotes';
const COUPON = `id code state usableFrom expiresAt redeemedAt template { ${TERMS} }`;
const REFUSAL = '... on Refusal { code details }';

export const OFFER = `query ($slug: String!, $offerId: ID, $entryCode: String) { publicOffer(tenantSlug: $slug, offerId: $offerId, entryCode: $entryCode) {
  id tenantName headline description mode state appId coupon { ${TERMS} isSoldOut validity validUntil validDays } notices { templateExternalId title purpose } } }`;
export const VISIT = 'mutation ($slug: String!, $visitorId: String!, $entryCode: String, $messageId: ID) { recordVisit(tenantSlug: $slug, visitorId: $visitorId, entryCode: $entryCode, messageId: $messageId) { ok } }';
export const WECHAT_LOGIN = 'query ($slug: String!, $page: String!, $state: String!) { weChatLogin(tenantSlug: $slug, page: $page, state: $state) { appId url } }';
export const SIGN_IN = `mutation ($slug: String!, $appId: String!, $code: String!, $visitorId: String) { signInCustomer(tenantSlug: $slug, appId: $appId, code: $code, visitorId: $visitorId) { __typename ... on CustomerSession { token } ${REFUSAL} } }`;
export const SIGN_IN_VISITOR = `mutation ($slug: String!, $visitorId: String!) { signInVisitor(tenantSlug: $slug, visitorId: $visitorId) { __typename ... on CustomerSession { token } ${REFUSAL} } }`;
export const CLAIM = `mutation ($offerId: ID!) { claimOffer(offerId: $offerId) { __typename ... on ClaimedCoupon { isRepeat coupon { ${COUPON} } } ${REFUSAL} } }`;
export const REPORT = 'mutation ($promptId: String!, $appId: String!, $answers: [PromptAnswerInput!]!) { reportPrompt(promptId: $promptId, appId: $appId, answers: $answers) { credited } }';
export const CONSENT = 'mutation ($given: Boolean!, $textVersion: String!, $place: String!) { recordConsent(given: $given, textVersion: $textVersion, place: $place) { ok } }';
export const WALLET = `{ wallet { ${COUPON} } }`;
