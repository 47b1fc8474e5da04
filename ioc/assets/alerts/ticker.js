/* A clock that goes on while the tab is hidden: a browser slows a page's own timers down to one a minute, and an alert must be heard. */
setInterval(() => postMessage(0), 2000);
