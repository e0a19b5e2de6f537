#include "base/secrets.h"

#include "support/support.h"

namespace culprit {
namespace {

TEST(Secrets, AreKnownByTheirShape) {
    EXPECT_EQ(mask_secrets("key sk-proj-abcdefghijklmnopqrstuvwx1234 end"), "key [masked] end");
    EXPECT_EQ(mask_secrets("ghp_abcdefghijklmnopqrstuvwxyz0123456789"), "[masked]");
    EXPECT_EQ(mask_secrets("AKIAIOSFODNN7EXAMPLE,"), "[masked],");
    EXPECT_EQ(mask_secrets("Authorization: Bearer abcdefghijklmnop1234"), "Authorization: Bearer [masked]");
    EXPECT_EQ(mask_secrets("postgresql://me:hunter2@db/x"), "postgresql://me:[masked]@db/x");
    EXPECT_EQ(mask_secrets("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N"),
              "[masked]");
    EXPECT_EQ(mask_secrets("-----BEGIN RSA PRIVATE KEY-----\nMIIE\nabc\n-----END RSA PRIVATE KEY-----"),
              "-----BEGIN RSA PRIVATE KEY-----[masked]-----END RSA PRIVATE KEY-----");
}

TEST(Secrets, AreKnownByTheirValue) {
    const std::vector<std::string> values = {"correct horse", "short"};
    EXPECT_EQ(mask_secrets("it is correct horse, short", values), "it is [masked], short");
}

TEST(Secrets, WhatIsNoneStays) {
    for (const char* text : {"sk-learn is a library", "http://host:8080/path@1",
                             "at A.B(C c) (src/A.cs:line 12)", "bearer of news", "https://github.com/a/b",
                             "password = request.Password;", "task-abcdefghijklmnopqrstuvwxyz12"})
        EXPECT_EQ(mask_secrets(text), text);
}

TEST(Secrets, NamesOfVariablesTell) {
    EXPECT_TRUE(names_secret("OPENAI_API_KEY"));
    EXPECT_TRUE(names_secret("DB_PASSWORD"));
    EXPECT_FALSE(names_secret("PATH"));
}

}  // namespace
}  // namespace culprit
