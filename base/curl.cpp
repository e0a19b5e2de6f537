#include "base/curl.h"

#include "base/late_library.h"

namespace culprit {
namespace {

Result<Curl> loaded() {
    TRY(const LateLibrary library, LateLibrary::load("libcurl.so.4", "libcurl4"));
    Curl curl{};
    decltype(&::curl_global_init) global_init = nullptr;
    TRY_OK(library.find("curl_global_init", global_init));
    TRY_OK(library.find("curl_easy_init", curl.easy_init));
    TRY_OK(library.find("curl_easy_cleanup", curl.easy_cleanup));
    TRY_OK(library.find("curl_easy_reset", curl.easy_reset));
    TRY_OK(library.find("curl_easy_setopt", curl.easy_setopt));
    TRY_OK(library.find("curl_easy_perform", curl.easy_perform));
    TRY_OK(library.find("curl_easy_strerror", curl.easy_strerror));
    TRY_OK(library.find("curl_slist_append", curl.slist_append));
    TRY_OK(library.find("curl_slist_free_all", curl.slist_free_all));
    TRY_OK(library.find("curl_multi_init", curl.multi_init));
    TRY_OK(library.find("curl_multi_cleanup", curl.multi_cleanup));
    TRY_OK(library.find("curl_multi_add_handle", curl.multi_add_handle));
    TRY_OK(library.find("curl_multi_remove_handle", curl.multi_remove_handle));
    TRY_OK(library.find("curl_multi_perform", curl.multi_perform));
    TRY_OK(library.find("curl_multi_poll", curl.multi_poll));
    TRY_OK(library.find("curl_multi_wakeup", curl.multi_wakeup));
    TRY_OK(library.find("curl_multi_info_read", curl.multi_info_read));
    global_init(CURL_GLOBAL_DEFAULT);
    return curl;
}

}  // namespace

Result<const Curl*> load_curl() {
    static const Result<Curl> curl = loaded();
    if (!curl) return std::unexpected(curl.error());
    return &*curl;
}

}  // namespace culprit
