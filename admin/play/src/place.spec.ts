import { expect, it } from 'vitest';
import { placeOf } from './place.ts';

it('reads entry links, offers, returns from a message and the wallet', () => {
  expect(placeOf('/p/shop/e/abc')).toEqual({ page: 'offer', slug: 'shop', entryCode: 'abc' });
  expect(placeOf('/p/shop/o/42', '?m=m9&x=1')).toEqual({ page: 'offer', slug: 'shop', offerId: '42', messageId: 'm9' });
  expect(placeOf('/p/shop/w')).toEqual({ page: 'wallet', slug: 'shop' });
});

it('knows no other page and survives a mangled link', () => {
  for (const path of ['/', '/p/', '/p/shop', '/p/shop/o/', '/x/shop/w']) expect(placeOf(path)).toEqual({ page: 'unknown' });
  expect(placeOf('/p/shop/e/%E4%')).toMatchObject({ entryCode: '%E4%' });
});
