// “Check my phone”: fills in what only the browser can tell, and sends the form. It is written for old browsers too.
// Nothing is looked at and nobody is contacted before the button is pressed.
(function () {
  var form = document.querySelector("[data-check]");
  var WAIT = 8000;
  if (!form) return;
  var hosts = form.querySelectorAll("[data-host]");
  var said = form.querySelector("[data-said]");
  var isRunning = false;
  var told = document.querySelectorAll("[data-with-scripts]");
  for (var i = 0; i < told.length; i += 1) told[i].hidden = false;

  function fill(name, value) {
    if (form.elements[name]) form.elements[name].value = value;
  }

  function stores() {
    try {
      localStorage.setItem("check", "yes");
      var kept = localStorage.getItem("check") === "yes";
      localStorage.removeItem("check");
      return kept;
    } catch (refused) {
      return false;
    }
  }

  // A host is reached if it answers anything. Where it leads elsewhere our policy ends that, but it has answered.
  function reach(box, done) {
    var address = box.getAttribute("data-host");
    var stop = window.AbortController ? new AbortController() : null;
    var isOver = false;
    function end(word) {
      if (isOver) return;
      isOver = true;
      document.removeEventListener("securitypolicyviolation", ledElsewhere);
      box.value = word;
      done();
    }
    function ledElsewhere(event) {
      if ((event.blockedURI + "/").indexOf(address) === 0) end("yes");
    }
    document.addEventListener("securitypolicyviolation", ledElsewhere);
    setTimeout(function () {
      end("no");
      if (stop) stop.abort();
    }, WAIT);
    var how = { mode: "no-cors", credentials: "omit", cache: "no-store", referrerPolicy: "no-referrer" };
    if (stop) how.signal = stop.signal;
    fetch(address, how).then(
      function () { end("yes"); },
      function () { setTimeout(function () { end("no"); }, 200); }
    );
  }

  function measure(address, done) {
    var isOver = false;
    function end(bits, from) {
      if (isOver) return;
      isOver = true;
      if (bits) fill("kbits", Math.min(10000000, Math.round(bits / Math.max(1, Date.now() - from))));
      done();
    }
    setTimeout(function () { end(); }, 4 * WAIT);
    fetch(address, { cache: "no-store" }).then(function (answer) {
      var from = Date.now();
      return answer.arrayBuffer().then(function (bytes) { end(8 * bytes.byteLength, from); });
    }).then(null, function () { end(); });
  }

  function send() {
    fill("clock_ms", Date.now());
    form.submit();
  }

  form.addEventListener("submit", function (event) {
    event.preventDefault();
    if (isRunning) return;
    isRunning = true;
    if (said) said.textContent = form.getAttribute("data-checking");
    fill("javascript", "yes");
    if (form.elements.storage) fill("storage", stores() ? "yes" : "no");
    fill("screen", Math.min(20000, Math.max(1, Math.round(screen.width))));
    var sample = form.getAttribute("data-sample");
    var left = 1 + hosts.length + (sample ? 1 : 0);
    function done() {
      left -= 1;
      if (left === 0) send();
    }
    if (!window.fetch) {
      send();
      return;
    }
    for (var each = 0; each < hosts.length; each += 1) reach(hosts[each], done);
    if (sample) measure(sample, done);
    done();
  });

  // Back from the result: the form is as new.
  window.addEventListener("pageshow", function () {
    isRunning = false;
    if (said) said.textContent = "";
  });
})();
