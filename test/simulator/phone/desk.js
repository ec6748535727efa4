import { api } from './api.js';
import { h } from './dom.js';

const LISTED = 500;

/** Fills the choice of people. Answers the one to start with, or null when nobody exists yet. */
export async function showPeople({ wanted, choose }) {
  const select = document.getElementById('person');
  const people = await api.people(LISTED);
  if (wanted && !people.some((one) => one.id === wanted)) {
    const found = await api.person(wanted).catch(() => null);
    if (found) people.unshift(found);
  }
  const show = (selected) => {
    const options = people.map((one) => h('option', { value: one.id, selected: one.id === selected?.id }, `${one.name}（${one.id}）`));
    select.replaceChildren(...(options.length ? options : [h('option', { value: '' }, '还没有顾客')]));
    if (selected) showFacts(selected);
  };
  select.addEventListener('change', () => {
    const person = people.find((one) => one.id === select.value);
    if (!person) return;
    showFacts(person);
    void choose(person);
  });
  const create = async () => {
    const person = await api.newPerson();
    people.unshift(person);
    show(person);
    await choose(person);
  };
  document.getElementById('new-person').addEventListener('click', () => void create());
  const first = people.find((one) => one.id === wanted) ?? people[0] ?? null;
  show(first);
  return first;
}

function showFacts(person) {
  const facts = [
    ['姓名', person.name],
    ['编号', person.id],
    ['unionid', person.unionid],
  ];
  document.getElementById('facts').replaceChildren(...facts.map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, value))));
}
