import { describe, expect, it } from 'vitest';
import { BIG_SEND, launchQuestion } from './useLaunch.ts';

const t = (key: string): string => key;

describe('launching', () => {
  it('has the number typed out only above the limit', () => {
    expect(launchQuestion(BIG_SEND, t).typeToConfirm).toBeUndefined();
    expect(launchQuestion(BIG_SEND + 1, t)).toMatchObject({ typeToConfirm: '1001', text: 'campaigns.launch.bigText' });
  });
});
