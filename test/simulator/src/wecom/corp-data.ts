import type { KfAccount } from './kf-state.ts';
import type { Attachment, WecomLine } from './wecom-line.ts';

export type MassRule = 'daily_1' | 'weekly_7' | 'monthly_days';

/** What the corp's admin sets, and what the platform decided about the corp. */
export interface CorpSettings {
  /** Addresses calls may come from; null trusts all. */
  trustedIps: string[] | null;
  massRule: MassRule;
  /** A developer account is bound, so details tell the unionid to the corp's own apps. */
  developerBound: boolean;
  /** The admin console has a welcome of its own: no WelcomeCode is given. */
  adminWelcome: boolean;
  /** How long a group-send task is being dispatched (41063). */
  dispatchMs: number;
  tokenSeconds: number;
  acquisitionBalance: number;
}

export const corpDefaults: CorpSettings = {
  trustedIps: null,
  massRule: 'daily_1',
  developerBound: true,
  adminWelcome: false,
  dispatchMs: 0,
  tokenSeconds: 7200,
  acquisitionBalance: 1000,
};

/** One app of a corp, or a provider's app installed there. Its secret fetches tokens, its address gets events. */
export interface CorpApp {
  agentid: number;
  secret: string;
  callbackUrl: string;
  token: string;
  aesKey: string;
  events: ('contact' | 'kf')[];
  /** Members the app may see; null for all. */
  range: string[] | null;
  /** Set for a provider's app: ids of contacts differ, and the unionid is withheld. */
  suiteId?: string;
}

export interface Employee {
  userid: string;
  name: string;
  canContact: boolean;
}

/** The relation of one employee and one person. Times are milliseconds of the platform clock. */
export interface Contact {
  userid: string;
  person: string;
  /** `half`: not confirmed by the employee; `one_way`: the person deleted the employee; `gone`: the employee deleted. */
  state: 'half' | 'friend' | 'one_way' | 'gone';
  since: number;
  addWay: number;
  channel: string;
  linkId?: string;
  remark: string;
  description: string;
  company: string;
  mobiles: string[];
  tags: string[];
  /** The person has written: no welcome any more. */
  talked: boolean;
  welcomed: boolean;
  lastAt: number;
  transfers: number[];
}

export interface ContactWay {
  configId: string;
  owner: string;
  type: number;
  scene: number;
  createdAt: number;
  /** Fields as they were given; what `get_contact_way` answers. */
  fields: Record<string, unknown>;
  users: string[];
  next: number;
}

export interface AcquisitionLink {
  linkId: string;
  owner: string;
  name: string;
  skipVerify: boolean;
  users: string[];
  createdAt: number;
  next: number;
}

export interface CorpTag {
  id: string;
  name: string;
  order: number;
  createdAt: number;
  owner: string;
  deleted: boolean;
}

export interface CorpTagGroup extends CorpTag {
  tags: CorpTag[];
}

/** Per person or group: 0 not sent, 1 sent, 2 not a friend, 3 allowance used up. */
export interface MassTarget {
  id: string;
  status: 0 | 1 | 2 | 3;
  sentAt: number;
}

/** One member's part of a group-send task: he sends it, or never does. */
export interface MassPart {
  userid: string;
  status: 0 | 2;
  sentAt: number;
  ignored: boolean;
  targets: MassTarget[];
}

export interface MassTask {
  msgid: string;
  owner: string;
  chatType: 'single' | 'group';
  createdAt: number;
  cancelled: boolean;
  reminders: number[];
  text: string;
  attachments: Attachment[];
  content: Record<string, unknown>;
  parts: MassPart[];
}

export interface GroupMember {
  person?: string;
  userid?: string;
  joinedAt: number;
  scene: 1 | 2 | 3;
  state?: string;
  invitor?: string;
}

export interface CustomerGroup {
  chatId: string;
  name: string;
  owner: string;
  notice: string;
  createdAt: number;
  dismissed: boolean;
  version: number;
  members: GroupMember[];
  lines: WecomLine[];
}

export interface JoinWay {
  configId: string;
  owner: string;
  fields: Record<string, unknown>;
}

export interface Moment {
  momentId: string;
  jobid: string;
  owner: string;
  createdAt: number;
  cancelled: boolean;
  text: string;
  attachments: Attachment[];
  content: Record<string, unknown>;
  tags: string[];
  parts: { userid: string; published: boolean; publishedAt: number; people: string[] }[];
}

export interface PendingTransfer {
  from: string;
  to: string;
  person: string;
  at: number;
  status: 1 | 2 | 3 | 4;
}

/** All that outlives a restart. Plain data and maps only: it is written to the state file as it is. */
export class CorpData {
  name = '';
  settings: CorpSettings = { ...corpDefaults };
  apps: CorpApp[] = [];
  employees = new Map<string, Employee>();
  /** By userid, then by person. */
  contacts = new Map<string, Map<string, Contact>>();
  ways = new Map<string, ContactWay>();
  links = new Map<string, AcquisitionLink>();
  tagGroups: CorpTagGroup[] = [];
  tasks = new Map<string, MassTask>();
  groups = new Map<string, CustomerGroup>();
  joinWays = new Map<string, JoinWay>();
  moments = new Map<string, Moment>();
  transfers: PendingTransfer[] = [];
  /** Conversations by `userid|person`. */
  chats = new Map<string, WecomLine[]>();
  /** Times of received group sends, by person or `chatId`. */
  massTimes = new Map<string, number[]>();
  kf = new Map<string, KfAccount>();
  media = new Map<string, number>();
  uploadedImages: string[] = [];
  received = { mass: 0, welcome: 0, kf: 0, moment: 0 };
  next = 1;
}
