// The end of the story on a terminal: the funnel, the recall, and whether the books agree.
import { type Check, offOf } from './checks.ts';
import { padded } from './progress.ts';
import type { Told } from './story.ts';

const STEPS: Record<string, string> = {
  visited: '到访 Visited', claimed: '领券 Claimed a coupon', accepted: '同意提醒 Allowed a reminder', recalled: '被召回 Written to', returned: '回来 Came back', redeemed: '核销 Redeemed after it',
};
const BAR = 30;
const LABEL = 30;

const percent = (part: number, whole: number): string => (whole === 0 ? '–' : `${((100 * part) / whole).toFixed(1)}%`);
const yuan = (fen: number): string => `¥${(fen / 100).toFixed(2)}`;

/** The funnel as the console shows it, with the shares of the first step. */
export function funnelLines({ home }: Told['figures']): string[] {
  const most = Math.max(1, ...home.funnel.map((step) => step.people));
  return home.funnel.map(({ key, people }) => {
    const bar = '█'.repeat(Math.round((people / most) * BAR)).padEnd(BAR);
    return `  ${padded(STEPS[key] ?? key, LABEL)} ${bar} ${String(people).padStart(5)}  ${percent(people, most)}`;
  });
}

/** The campaign in a few lines. */
export function recallLines({ figures: { home, campaign: { progress, report } } }: Told): string[] {
  const rung = (kind: string): number => report.byRung.find((one) => one.kind === kind)?.sent ?? 0;
  const line = (label: string, text: string): string => `  ${padded(label, LABEL)} ${text}`;
  const uplift = report.uplift === null ? '–' : `${(report.uplift * 100).toFixed(1)} 个百分点 points`;
  return [
    line('目标人群 Audience', `${progress.audience} = 已发 sent ${progress.sent} + 无法触达 skipped ${progress.skipped} + 留白 held back ${progress.heldBack}`),
    line('发送方式 How', `客服会话 chat ${rung('window')} · 订阅消息 notice ${rung('subscription')} · 点开 tapped ${report.tapped}`),
    line('回来 Came back', `${report.returned}/${report.sent} (${percent(report.returned, report.sent)})；留白组 held back ${report.holdoutReturned}/${report.holdout}；提升 uplift ${uplift}`),
    line('营业额 Revenue', `${yuan(report.revenueFen)} 来自召回 by the recall · ${yuan(home.revenue7dFen)} 全部 in all`),
    line('提醒次数 Permits', `获得 earned ${home.permitsEarned7d} · 剩余 left ${home.permitsRemaining} · 开放会话 open chats ${home.openWindows}`),
  ];
}

/** Whether all agree; each total that is off, by name. */
export function checkLines(checks: readonly Check[]): string[] {
  const off = offOf(checks);
  if (off.length === 0) return [`  ✓ 对账一致：${checks.length} 项 All ${checks.length} totals agree: console = ledger = platform = what was really done.`];
  return [`  ✗ 对账不符 ${off.length} of ${checks.length} totals are off:`, ...off.map(({ what, found, expected }) => `    ${what}: ${found === '' ? 'none' : found}, expected ${expected === '' ? 'none' : expected}`)];
}
