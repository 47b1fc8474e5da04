/* First on each page of Dash: the style elements that its libraries and Plotly make carry the page's nonce, as the security policy asks.
   Whoever runs a script here was let in by that policy already; text of other people never becomes one. */
(function () {
  'use strict';

  const { nonce } = document.currentScript;
  const make = Document.prototype.createElement;
  Document.prototype.createElement = function (name, options) {
    const made = make.call(this, name, options);
    if (String(name).toLowerCase() === 'style') made.nonce = nonce;
    return made;
  };
})();
