import { ScanLine, TicketPercent } from 'lucide-vue-next';
import type { FeatureRoutes } from '../../routing.ts';

const feature: FeatureRoutes = {
  routes: [
    { path: '/coupons', name: 'coupons', component: () => import('./CouponList.vue'), meta: { title: 'coupons.title', permission: 'coupon.read' } },
    { path: '/coupons/new', name: 'coupon-new', component: () => import('./CouponEdit.vue'), meta: { title: 'coupons.new', permission: 'coupon.manage' } },
    { path: '/coupons/:id', name: 'coupon', component: () => import('./CouponPage.vue'), props: true, meta: { title: 'coupons.title', permission: 'coupon.read' } },
    { path: '/redeem', name: 'redeem', component: () => import('./RedeemPage.vue'), meta: { title: 'coupons.till.title', permission: 'coupon.redeem' } },
  ],
  menu: [
    { group: 'marketing', order: 10, label: 'coupons.menu', icon: TicketPercent, to: '/coupons', permission: 'coupon.read' },
    { group: 'marketing', order: 11, label: 'coupons.till.menu', icon: ScanLine, to: '/redeem', permission: 'coupon.redeem' },
  ],
};
export default feature;
