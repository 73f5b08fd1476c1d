// Passkeys: asks the browser for one, and puts its answer into the form. Without this file the page says so, and codes work.

const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

const withBytes = (listed = []) => listed.map((one) => ({ ...one, id: bytes(one.id) }));

const asked = (options) => ({
  ...options,
  challenge: bytes(options.challenge),
  ...(options.user && { user: { ...options.user, id: bytes(options.user.id) } }),
  ...(options.excludeCredentials && { excludeCredentials: withBytes(options.excludeCredentials) }),
  ...(options.allowCredentials && { allowCredentials: withBytes(options.allowCredentials) }),
});

const answered = ({ id, rawId, type, response, ...credential }) => ({
  id,
  rawId: text(rawId),
  type,
  clientExtensionResults: {},
  authenticatorAttachment: credential.authenticatorAttachment ?? null,
  response: {
    clientDataJSON: text(response.clientDataJSON),
    ...(response.attestationObject && {
      attestationObject: text(response.attestationObject),
      transports: response.getTransports?.() ?? [],
    }),
    ...(response.signature && {
      authenticatorData: text(response.authenticatorData),
      signature: text(response.signature),
      userHandle: response.userHandle ? text(response.userHandle) : null,
    }),
  },
});

const WORDS = {
  NotAllowedError: "Nothing was chosen, or it took too long. Try again, or use another way.",
  InvalidStateError: "This device has a passkey for this desk already.",
  SecurityError: "This browser allows no passkey at this address. Use another way.",
};

const offer = (form) => {
  const said = form.querySelector("[data-said]");
  const kind = form.dataset.passkey;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    said.textContent = "";
    try {
      if (!window.PublicKeyCredential) throw new DOMException("", "SecurityError");
      const answer = await fetch(form.dataset.challenge, { method: "POST" });
      if (answer.status === 401 || answer.redirected) return location.reload();
      if (!answer.ok) throw new Error();
      const publicKey = asked(await answer.json());
      form.elements.credential.value = JSON.stringify(answered(await navigator.credentials[kind]({ publicKey })));
      form.submit();
    } catch (error) {
      said.textContent = WORDS[error.name] ?? "That did not work. Try again, or use another way.";
    }
  });
};

document.querySelectorAll("[data-passkey]").forEach(offer);
