import { describe, expect, it } from 'vitest';
import { PayloadError } from '../../adapter.js';
import { menuProblem, type MenuButton } from './menu.js';
import { parseOfficial } from './official.parse.js';

const HEAD = '<ToUserName><![CDATA[gh_demo]]></ToUserName><FromUserName><![CDATA[oUser1]]></FromUserName><CreateTime>1760000001</CreateTime>';
const event = (name: string, rest = ''): string => `<xml>${HEAD}<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[${name}]]></Event>${rest}</xml>`;
const keyed = (name: string, key: string): string => event(name, `<EventKey><![CDATA[${key}]]></EventKey>`);
const parsed = (xml: string): unknown => parseOfficial(xml, 'xml')[0];

describe('what an official account says', () => {
  it.each([
    ['a follow by a scene code', keyed('subscribe', 'qrscene_qrscene_7'), { type: 'follower.followed', externalId: 'oUser1', scene: 'qrscene_7' }],
    ['an unfollow', event('unsubscribe'), { type: 'follower.unfollowed', externalId: 'oUser1' }],
    ['a scan by a follower', keyed('SCAN', 'store-0007'), { type: 'scene.scanned', scene: 'store-0007' }],
    ['a tap that wants an answer', keyed('CLICK', 'GET'), { type: 'menu.tapped', key: 'GET', opens: 'answer' }],
    ['a scan from the menu', keyed('scancode_waitmsg', 'SCAN'), { type: 'menu.tapped', key: 'SCAN', opens: 'answer' }],
    ['a tap that opens a page', keyed('VIEW', 'https://m.example.com'), { type: 'menu.tapped', opens: 'page' }],
    ['a tap that opens the mini program', keyed('view_miniprogram', 'pages/me'), { type: 'menu.tapped', opens: 'mini_program' }],
    ['a template that arrived', event('TEMPLATESENDJOBFINISH', '<MsgID>200163836</MsgID><Status><![CDATA[success]]></Status>'), { type: 'template.sent', platformId: '200163836', status: 'delivered' }],
    ['a template that the person blocks', event('TEMPLATESENDJOBFINISH', '<MsgID>1</MsgID><Status><![CDATA[failed:user block]]></Status>'), { type: 'template.sent', status: 'blocked' }],
    ['a template that failed', event('TEMPLATESENDJOBFINISH', '<MsgID>1</MsgID><Status><![CDATA[failed: system failed]]></Status>'), { type: 'template.sent', status: 'failed', detail: 'failed: system failed' }],
    ['a location', event('LOCATION', '<Latitude>23.1</Latitude>'), { type: 'platform.other', name: 'LOCATION' }],
  ])('%s', (_name, xml, wanted) => expect(parsed(xml)).toMatchObject({ ...wanted, at: '2025-10-09T08:53:21.000Z' }));

  it('an ordinary follow without any scene', () => expect(parsed(event('subscribe', '<EventKey></EventKey>'))).not.toHaveProperty('scene'));
  it('a follow after paying is no scene', () => expect(parsed(keyed('subscribe', 'last_trade_no_4200'))).not.toHaveProperty('scene'));

  it('the end of a post, with its nested blocks as blanks', () => {
    const xml = event('MASSSENDJOBFINISH', '<MsgID>1000001625</MsgID><Status><![CDATA[send success]]></Status><TotalCount>100</TotalCount><FilterCount>80</FilterCount>'
      + '<SentCount>75</SentCount><ErrorCount>5</ErrorCount><CopyrightCheckResult> </CopyrightCheckResult><ArticleUrlResult>\n</ArticleUrlResult>');
    expect(parsed(xml)).toMatchObject({ type: 'post.finished', externalId: '', platformId: '1000001625', status: 'send success', total: 100, filtered: 20, sent: 75, failed: 5 });
  });

  it.each(['PUBLISHJOBFINISH', 'FREEPUBLISHJOBFINISH'])('the end of a publication by the name %s', (name) => {
    const info = '<PublishEventInfo><publish_id>2247503051</publish_id><publish_status>0</publish_status><article_id><![CDATA[b5O2O]]></article_id></PublishEventInfo>';
    expect(parsed(event(name, info))).toMatchObject({ type: 'article.published', platformId: '2247503051', status: 'published', articleId: 'b5O2O' });
    expect(parsed(event(name, info.replace('>0<', '>2<')))).toMatchObject({ status: 'failed', detail: '2' });
  });

  it('two events of one second have two keys', () => {
    const keys = [keyed('SCAN', 'a'), keyed('SCAN', 'b'), keyed('CLICK', 'a')].map((xml) => parseOfficial(xml, 'xml')[0]?.dedupKey);
    expect(new Set(keys).size).toBe(3);
  });
  it('a message and a prompt as at any WeChat account', () => {
    expect(parsed(`<xml>${HEAD}<MsgType>text</MsgType><Content><![CDATA[在吗]]></Content><MsgId>23456789012345678</MsgId></xml>`)).toMatchObject({ type: 'customer.wrote', text: '在吗', msgId: '23456789012345678' });
    expect(parsed(event('subscribe_msg_popup_event', '<SubscribeMsgPopupEvent><List><TemplateId>T</TemplateId><SubscribeStatusString>accept</SubscribeStatusString></List></SubscribeMsgPopupEvent>')))
      .toMatchObject({ type: 'subscription.answered', status: 'accept' });
  });
  it('rubbish is a payload error', () => expect(() => parseOfficial('<xml><a/></xml>', 'xml')).toThrow(PayloadError));
});

describe('a menu', () => {
  const leaf = (more: Partial<MenuButton> = {}): MenuButton => ({ name: '领券', type: 'click', value: 'K', children: [], ...more });
  it.each([
    ['buttons', []],
    ['buttons', [leaf(), leaf(), leaf(), leaf()]],
    ['buttons.0.name', [leaf({ name: ' ' })]],
    ['buttons.0.name', [leaf({ name: '六个汉字太长' })]],
    ['buttons.0.type', [leaf({ type: 'jump' })]],
    ['buttons.0.value', [leaf({ value: '' })]],
    ['buttons.0.value', [leaf({ type: 'view', value: 'javascript:1' })]],
    ['buttons.0.appId', [leaf({ type: 'miniprogram', value: 'pages/me' })]],
    ['buttons.0.children', [leaf({ children: Array.from({ length: 6 }, () => leaf()) })]],
    ['buttons.0.children.0.children', [leaf({ children: [leaf({ children: [leaf()] })] })]],
    ['buttons.0.children.1.value', [leaf({ children: [leaf(), leaf({ value: '' })] })]],
  ])('tells what is wrong: %s', (field, buttons) => expect(menuProblem(buttons)?.field).toBe(field));
  it('is fine with three buttons of five', () =>
    expect(menuProblem(Array.from({ length: 3 }, () => leaf({ type: '', value: '', children: Array.from({ length: 5 }, () => leaf({ name: '一个稍微长一点的名字' })) })))).toBeUndefined());
});
