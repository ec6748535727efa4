export type LineKind = 'text' | 'welcome' | 'mass' | 'moment' | 'system';

/** One line of a conversation as the phone shows it. */
export interface WecomLine {
  at: number;
  from: 'me' | 'employee' | 'servicer' | 'system';
  kind: LineKind;
  text: string;
  attachments?: Attachment[];
}

export interface Attachment {
  msgtype: string;
  title: string;
  description?: string;
  url?: string;
}
