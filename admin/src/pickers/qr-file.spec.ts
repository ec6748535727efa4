import { describe, expect, it } from 'vitest';
import { qrFile } from './qr-file.ts';

describe('qr file name', () => {
  it('keeps Chinese and drops what paths forbid', () => {
    expect(qrFile('门店 / 收银台:1 号')).toBe('门店-收银台-1-号.svg');
    expect(qrFile('///')).toBe('qr.svg');
  });
});
