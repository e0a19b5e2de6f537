// Keys and passwords are taken out of what is kept.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace culprit {

// `text` with "[masked]" in place of what is a secret by its shape (keys of well-known services, bearer
// tokens, passwords in URLs, private keys), and of each of `values` of eight bytes or more. What surrounds it
// stays, so that "https://user:[masked]@host" still tells what it was. Cheap where there is none.
// Thread-safe.
std::string mask_secrets(std::string text, std::span<const std::string> values = {});

// The values of the environment's variables whose names say that they are secret (KEY, TOKEN, SECRET,
// PASSWORD, CREDENTIAL), read once.
std::span<const std::string> secrets_of_environment();

// Whether the name of a variable says so.
bool names_secret(std::string_view variable);

// Whether files of this name hold keys and passwords (".env", ".env.local", ".netrc", "id_ed25519"), other
// than examples of them (".env.example").
bool is_secret_file(std::string_view name);

}  // namespace culprit
