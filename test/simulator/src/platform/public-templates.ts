/** A template of the platform's public library, which a merchant composes a private one from. */
export interface PublicTemplate {
  tid: number;
  title: string;
  type: 2 | 3;
  categoryId: string;
  keywords: { kid: number; name: string; example: string; rule: string }[];
}

export const categories = [
  { id: 616, name: '优惠券' },
  { id: 307, name: '服装/鞋/箱包' },
  { id: 321, name: '餐饮服务' },
];

type KeywordRow = [kid: number, name: string, example: string, rule: string];

function entry(tid: number, title: string, categoryId: string, rows: KeywordRow[]): PublicTemplate {
  const keywords = rows.map(([kid, name, example, rule]) => ({ kid, name, example, rule }));
  return { tid, title, type: 2, categoryId, keywords };
}

/** A small library of our own; `rule` is the field type a chosen keyword becomes. */
export const publicTemplates: PublicTemplate[] = [
  entry(1201, '优惠券到期提醒', '616', [
    [1, '优惠券名称', '满100减20券', 'thing'],
    [2, '到期时间', '2026年12月1日 20:00', 'time'],
    [3, '温馨提示', '记得在到期前使用', 'thing'],
    [4, '优惠金额', '20元', 'amount'],
  ]),
  entry(1202, '优惠券到账通知', '616', [
    [1, '券名称', '新客礼券', 'thing'],
    [2, '到账时间', '2026年12月1日 10:00', 'time'],
    [3, '使用门槛', '满50元可用', 'thing'],
  ]),
  entry(1301, '积分变更提醒', '307', [
    [1, '变更原因', '消费获得积分', 'thing'],
    [2, '变更数量', '120', 'number'],
    [3, '变更时间', '2026年12月1日', 'date'],
  ]),
  entry(1401, '活动开始提醒', '307', [
    [1, '活动名称', '周年庆', 'thing'],
    [2, '开始时间', '2026年12月1日 10:00', 'time'],
    [3, '备注', '到店可领礼品', 'thing'],
  ]),
  entry(1501, '排队进度通知', '321', [
    [1, '门店名称', '示例门店', 'thing'],
    [2, '排队号码', 'A012', 'character_string'],
    [3, '当前状态', '即将到号', 'phrase'],
  ]),
];
