/* Whose device it is now: what was kept for one person is not shown to the next, and nobody signs out
   unaware of marks that have not been sent. */
import { clearKept, expiresAt, forgetOld } from "./device-store.js";
import { ownEntries, personId, send } from "./outbox.js";

const PERSON = "rollbook.person";

async function checkPerson() {
  await forgetOld((keptAt) => expiresAt(keptAt) <= Date.now());
  const before = localStorage.getItem(PERSON);
  if (before && before !== String(personId)) await clearKept();
  if (personId) localStorage.setItem(PERSON, personId);
  else localStorage.removeItem(PERSON);
}

for (const form of document.querySelectorAll("form[data-sign-out]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const waiting = (await ownEntries()).length;
    const words = "Some marks have not been sent. They stay on this device, and are sent when you sign in on it again. Sign out?";
    if (waiting && !confirm(words)) return;
    await clearKept();
    form.submit();
  });
}

if ("serviceWorker" in navigator && personId) navigator.serviceWorker.register("/register-worker.js").catch(() => {});
checkPerson().then(send);
