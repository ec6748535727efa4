import { Filter } from 'lucide-vue-next';
import type { FeatureRoutes } from '../../routing.ts';

const feature: FeatureRoutes = {
  routes: [
    { path: '/segments', name: 'segments', component: () => import('./SegmentList.vue'), meta: { title: 'segments.title', permission: 'segment.read' } },
    { path: '/segments/new', name: 'segment-new', component: () => import('./SegmentEdit.vue'), meta: { title: 'segments.new', permission: 'segment.manage' } },
    { path: '/segments/:id', name: 'segment', component: () => import('./SegmentEdit.vue'), props: true, meta: { title: 'segments.edit', permission: 'segment.read' } },
  ],
  menu: [{ group: 'customers', order: 20, label: 'segments.menu', icon: Filter, to: '/segments', permission: 'segment.read' }],
};
export default feature;
