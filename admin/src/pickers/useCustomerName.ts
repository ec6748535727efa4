import { useI18n } from 'vue-i18n';
import { customerName } from './customer-name.ts';

/** The name to show for a customer, in the shown language. */
export function useCustomerName(): (customer: { id: string; name?: string | null; phone?: string | null }) => string {
  const { t } = useI18n();
  return (customer) => customerName(customer, t);
}
