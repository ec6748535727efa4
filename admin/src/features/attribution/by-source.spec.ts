import { describe, expect, it } from 'vitest';
import { bySource } from './by-source.ts';

describe('visits by source', () => {
  it('adds up links of one source and puts the best first', () => {
    expect(bySource([
      { source: 'jd_search', touches: 10, customers: 2 }, { source: 'shop_qr', touches: 4, customers: 3 }, { source: 'jd_search', touches: 5, customers: 2 },
    ])).toEqual([{ source: 'jd_search', touches: 15, customers: 4 }, { source: 'shop_qr', touches: 4, customers: 3 }]);
  });
});
