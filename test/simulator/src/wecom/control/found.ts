import { ControlError, personOr404 } from '../../control/control-error.ts';
import type { World } from '../../world.ts';
import type { Contact, Corp, Employee } from '../corp.ts';

export function corpOr404(world: World, corpid: string | undefined): Corp {
  const corp = world.wecom.corps.get(corpid ?? '');
  if (!corp) throw new ControlError(404, `no corp ${corpid ?? '(corpid missing)'}`);
  return corp;
}

export function employeeOr404(corp: Corp, userid: string): Employee {
  const employee = corp.data.employees.get(userid);
  if (!employee) throw new ControlError(404, `no employee ${userid}`);
  return employee;
}

export function contactOr404(world: World, corp: Corp, userid: string, person: string): Contact {
  personOr404(world, person);
  const contact = corp.contact(userid, person);
  if (!contact) throw new ControlError(404, `${person} is no contact of ${userid}`);
  return contact;
}
