/** A file name that every system takes: the link's name without what paths forbid. */
export function qrFile(name: string): string {
  const clean = name.replaceAll(/[\\/:*?"<>|\s]+/gu, '-').replaceAll(/^-+|-+$/gu, '');
  return `${clean || 'qr'}.svg`;
}
