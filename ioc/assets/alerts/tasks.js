/* "Giao việc" from an alert: a task for an agency, with a deadline that the centre's calendar gives. */
import { make, text } from './words.js';

export function tasks(desk) {
  let given = null; // what the server offered last: agencies, deadlines, the number of the new task

  const prepare = async form => {
    const answer = await fetch(`/api/tasks/form.json?lang=${document.documentElement.lang}`, { cache: 'no-store' });
    if (!answer.ok) throw new Error(String(answer.status));
    given = await answer.json();
    const field = form.querySelector('[data-agencies]');
    field.replaceChildren(field.options[0], ...given.agencies.map(one => new Option(one.name, one.code)));
    form.querySelector('[data-presets]').replaceChildren(...given.presets.map((one, n) => {
      const radio = make('input');
      Object.assign(radio, { type: 'radio', name: 'due', value: one.at, defaultChecked: n === 1, required: true });
      return make('label', '', radio, ` ${one.label} `, make('small', '', one.told));
    }));
  };

  const due = values => {
    const chosen = values.get('due');
    if (chosen === 'none') return null;
    return chosen === 'own' ? `${values.get('due_at')}:00+07:00` : chosen;
  };
  const data = (values, [alert]) => {
    const agency = given.agencies.find(one => one.code === values.get('owner_org')), at = due(values);
    return { owner_org: agency.code, org_code: agency.code, unit_code: agency.unit, unit_valid_on: given.day, source_document: `alert:${alert.id}`,
      title: String(values.get('title')).trim(), ...(at ? { due_at: at } : {}) };
  };
  const send = async ([alert], _, told) => {
    const name = given.agencies.find(one => one.code === told.owner_org).name, what = text('whatTask', { who: name });
    const answer = await desk.post(`/api/decisions/task/${encodeURIComponent(given.id)}`, { fact: 'assigned', version: 0, data: told }, what);
    if (answer.status !== 200) return [{ alert, why: desk.trouble(answer, what) }];
    desk.toast('done', [text('taskGiven', { number: given.id })], 8000);
    return [];
  };

  const open = desk.dialog('task', { data, send });
  return open && (async chosen => {
    const form = document.querySelector('#task form');
    try {
      await prepare(form);
    } catch {
      desk.toast('failed', [text('unloaded')], 6000);
      return;
    }
    open(chosen, () => { form.elements.title.value = chosen[0].text; });
  });
}
