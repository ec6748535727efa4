import { ask } from './api.js';
import { h } from './dom.js';
import { desk } from './wecom-api.js';

const query = new URLSearchParams(location.search);
const select = document.getElementById('corp');
const note = document.getElementById('note');

/** The admin agrees: the platform tells the provider, who fetches the permanent code. */
async function agree(event) {
  event.preventDefault();
  try {
    await ask(`/sim/suites/${encodeURIComponent(query.get('suite') ?? '')}/authorise`, { corpid: select.value, url: query.get('code') ?? '' });
    note.textContent = '已授权，可以回到商家后台查看';
  } catch (error) {
    note.textContent = `没有成功：${error.message}`;
  }
}

const corps = await desk.corps();
select.append(...(corps.length ? corps : [{ corpid: '', name: '还没有企业' }]).map((corp) => h('option', { value: corp.corpid }, corp.name || corp.corpid)));
document.getElementById('form').addEventListener('submit', (event) => void agree(event));
