/** The name if known, else a friendly stand-in that stays the same for the person: 微信顾客 7F3A. */
export function customerName(customer: { id: string; name?: string | null; phone?: string | null }, t: (key: string, named: Record<string, unknown>) => string): string {
  return customer.name || customer.phone || t('pickers.customer.unnamed', { mark: customer.id.replaceAll('-', '').slice(-4).toUpperCase() });
}
