import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** What a live code or link shows: a picture where one is asked for, and the phone for whoever opens it. */
export function addCodePages(server: FastifyInstance): void {
  const kinds = { code: '企业微信活码', join: '客户群活码', link: '获客链接', kf: '微信客服', image: '图片' };
  for (const [kind, label] of Object.entries(kinds)) {
    server.get<{ Params: { id: string } }>(`/sim/wecom/${kind}/:id`, (request, reply) => show(request, reply, `${label} ${request.params.id.slice(0, 24)}`));
  }
  server.get<{ Params: { id: string } }>('/sim/wecom/install/:id', showInstall);
}

/** Where a scanned installation code leads: the admin chooses the corp and agrees. */
function showInstall(request: FastifyRequest<{ Params: { id: string } }>, reply: FastifyReply): FastifyReply {
  const wantsPage = request.headers.accept?.includes('text/html') ?? false;
  return wantsPage ? reply.redirect(`/sim/phone/install.html?${new URLSearchParams({ suite: request.params.id, code: request.url })}`) : show(request, reply, `服务商授权 ${request.params.id.slice(0, 24)}`);
}

function show(request: FastifyRequest, reply: FastifyReply, label: string): FastifyReply {
  const wantsPage = request.headers.accept?.includes('text/html') ?? false;
  if (wantsPage && !request.url.startsWith('/sim/wecom/image/')) {
    return reply.redirect(`/sim/phone/?${new URLSearchParams({ scan: request.url })}`);
  }
  const text = label.replaceAll(/[<&]/g, '');
  const picture = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 240 240" role="img" aria-label="${text.replaceAll('"', '')}"><rect width="240" height="240" fill="#fff"/>${corners()}<text x="120" y="130" font-size="13" text-anchor="middle" fill="#191919">${text.split(' ')[0] ?? ''}</text><text x="120" y="150" font-size="10" text-anchor="middle" fill="#666">${text.split(' ')[1] ?? ''}</text></svg>`;
  return reply.type('image/svg+xml').header('cache-control', 'max-age=3600').send(picture);
}

/** The three marks every code has. The rest is left out: nobody's camera reads a simulated code. */
function corners(): string {
  const mark = (x: number, y: number) => `<path d="M${x} ${y}h56v56h-56zm8 8v40h40v-40zm10 10h20v20h-20z" fill="#191919" fill-rule="evenodd"/>`;
  return mark(16, 16) + mark(168, 16) + mark(16, 168);
}
