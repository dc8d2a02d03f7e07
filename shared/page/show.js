(function () {
  var row = document.getElementById("show"), box = document.getElementById("shown"), field = document.getElementById("password");
  function set() { field.type = box.checked ? "text" : "password"; }
  function hide() { box.checked = false; set(); }
  box.addEventListener("change", set);
  field.form.addEventListener("submit", hide);
  window.addEventListener("pagehide", hide);
  row.hidden = false;
})();
