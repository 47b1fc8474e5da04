/* Words that have no room for all of themselves stand smaller, not cut: by steps of --fit, which the sheets multiply their sizes with.

   The numbers beside a panel's charts step down together, and so does a card's foot, whose age must be read. What is too long at the last step is
   cut, with an ellipsis. */
(function () {
  'use strict';

  const STEPS = [1, 0.94, 0.88, 0.82, 0.76];
  const ALONE = '.card-title, .card-comparison, .card-sentence, .headline-unit, .list';
  const TOGETHER = '.focus-numbers, .card > .card-foot';
  const EACH = `${ALONE}, ${TOGETHER}`;
  const PARTS = '.number, .number-label, .number-beside, .card-age';

  /* Letters reach a little below their line. */
  const belowLine = words => 1 + 0.12 * Number.parseFloat(getComputedStyle(words).fontSize);
  const isCut = words => words.scrollWidth > words.clientWidth + 1 || words.scrollHeight > words.clientHeight + belowLine(words);
  const hasCut = group => (group.matches(TOGETHER) ? [...group.querySelectorAll(PARTS)] : [group]).some(isCut);
  const changed = new Set();

  /* All take a step at a time, so that the page is laid out once a step however many there are. */
  function fit() {
    let left = [...changed].filter(group => group.isConnected);
    changed.clear();
    if (left.some(group => group.matches('.list'))) window.ioc.fitLists(); // one that became smaller may have room for more rows
    for (const step of STEPS) {
      left.forEach(group => group.style.setProperty('--fit', step));
      left = left.filter(hasCut);
      if (left.length === 0) return;
    }
  }

  function soon(groups) {
    if (changed.size === 0) requestAnimationFrame(fit);
    groups.forEach(group => changed.add(group));
  }
  const all = () => soon(document.querySelectorAll(EACH));

  /* What stands beside words has more or less room now; a foot, whose age changes each second, takes none of it. */
  function groupsOf(node) {
    const group = (node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement)?.closest(EACH);
    if (!group || group.matches(TOGETHER)) return group ? [group] : [];
    return [...group.parentElement.children].filter(one => one.matches(ALONE));
  }
  const within = node => (node.nodeType === Node.ELEMENT_NODE ? [node, ...node.querySelectorAll(EACH)].filter(one => one.matches(EACH)) : []);
  new MutationObserver(records => {
    const groups = new Set(records.flatMap(({ target, addedNodes }) => [...groupsOf(target), ...[...addedNodes].flatMap(within)]));
    if (groups.size) soon(groups);
  }).observe(document, { subtree: true, childList: true, characterData: true });
  window.addEventListener('resize', all);
  document.fonts.ready.then(all);
})();
