// Roles and what each may do. The server's @Can and the console's menus read the same table.

export const permissions = [
  'tenant.manage',
  'staff.read',
  'staff.manage',
  'channel.read',
  'channel.manage',
  'channel.secrets',
  'customer.read',
  'customer.manage',
  'entry_link.read',
  'entry_link.manage',
  'ledger.read',
  'coupon.read',
  'coupon.manage',
  'coupon.redeem',
  'offer.read',
  'offer.manage',
  'offer.override',
  'segment.read',
  'segment.manage',
  'message.read',
  'message.reply',
  'campaign.read',
  'campaign.manage',
  'campaign.launch',
  'analytics.read',
  'integrator.manage',
  'audit.read',
] as const;
export type Permission = (typeof permissions)[number];

export const roles = ['owner', 'admin', 'operator', 'analyst', 'clerk'] as const;
export type Role = (typeof roles)[number];

const operator: Permission[] = [
  'channel.read',
  'customer.read',
  'customer.manage',
  'entry_link.read',
  'entry_link.manage',
  'ledger.read',
  'coupon.read',
  'coupon.manage',
  'coupon.redeem',
  'offer.read',
  'offer.manage',
  'segment.read',
  'segment.manage',
  'message.read',
  'message.reply',
  'campaign.read',
  'campaign.manage',
  'campaign.launch',
  'analytics.read',
];

/** What each role may do. Only the owner may override the policy linter: it is the merchant's own account that is at risk. */
export const rolePermissions: Record<Role, readonly Permission[]> = {
  owner: permissions,
  admin: permissions.filter((p) => p !== 'offer.override'),
  operator,
  analyst: operator.filter((p) => p.endsWith('.read')),
  clerk: ['coupon.read', 'coupon.redeem', 'message.read', 'message.reply'],
};

/** Permissions an integrator key may be given; running the shop's own people and keys stays with people. */
export const integratorScopes: readonly Permission[] = permissions.filter(
  (p) => !['tenant.manage', 'staff.read', 'staff.manage', 'integrator.manage', 'audit.read', 'offer.override', 'channel.secrets'].includes(p),
);
