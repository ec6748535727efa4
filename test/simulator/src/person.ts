/** Somebody with a phone. */
export interface Person {
  id: string;
  name: string;
  unionid: string;
  /** Known once the person handed it to a program. */
  phone?: string;
}

/** A phone number that is always the same for the same person. */
export function phoneOf(id: string): string {
  let sum = 0;
  for (const unit of id) sum = (sum * 31 + (unit.codePointAt(0) ?? 0)) % 100_000_000;
  return `138${String(sum).padStart(8, '0')}`;
}

const family = [...'李王张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗'];
const given = ['晓雯', '子轩', '雨桐', '浩然', '欣怡', '宇航', '梓涵', '思远', '佳琪', '建国', '淑芬', '志强', '美玲', '俊杰', '婷婷', '国栋', '海燕', '文博', '若曦'];

/** A name that looks real and is always the same for the same number. */
export function nameOf(index: number): string {
  return `${family[index % family.length]}${given[(index * 7 + Math.floor(index / family.length)) % given.length]}`;
}
