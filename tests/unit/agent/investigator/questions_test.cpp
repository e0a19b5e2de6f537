// Which messages are plain questions about code, and what is asked then.
#include "agent/investigator/questions.h"

#include <gtest/gtest.h>

namespace culprit {
namespace {

std::string asked(std::string_view message) {
    const auto question = code_question(message);
    return question ? std::string(question->tool) + " " + dump_json(question->arguments) : "";
}

TEST(CodeQuestion, OneToolAnswers) {
    EXPECT_EQ(asked("Who calls Cart.Add?"), R"(callers {"name":"Cart.Add"})");
    EXPECT_EQ(asked("and which methods call the method `add`"), R"(callers {"name":"add"})");
    EXPECT_EQ(asked("What does ChangeDetector.DetectChanges(InternalEntityEntry, bool) call?\n"),
              R"x(callees {"name":"ChangeDetector.DetectChanges(InternalEntityEntry, bool)"})x");
    EXPECT_EQ(asked("show me all callers of src/Cart.cs:12"), R"(callers {"name":"src/Cart.cs:12"})");
    EXPECT_EQ(asked("Who implements ICart.Add?"), R"(implementations {"name":"ICart.Add"})");
    EXPECT_EQ(asked("Where is Cart._lines used?"), R"(references {"name":"Cart._lines"})");
    EXPECT_EQ(asked("where is CartIndex defined?"), R"(find_symbol {"name":"CartIndex"})");
    EXPECT_EQ(asked("How does Shop.Checkout reach Cart.Add?"),
              R"(call_paths {"from":"Shop.Checkout","to":"Cart.Add"})");
    EXPECT_EQ(asked("what is in the interface ICart?"), R"(outline {"what":"ICart"})");
    EXPECT_EQ(asked("Please show me the code of Cart.Add."), R"(read_symbol {"name":"Cart.Add"})");
    EXPECT_EQ(asked("what does Cart.Add do?"), R"(read_symbol {"name":"Cart.Add"})");
    EXPECT_EQ(asked("What changed between v1.2 and HEAD?"), R"(changes {"from":"v1.2","to":"HEAD"})");
    EXPECT_EQ(asked("How did Cart.Add change between v1 and v2?"),
              R"(diff_symbol {"name":"Cart.Add","from":"v1","to":"v2"})");
    EXPECT_EQ(asked("Who wrote Cart.Add?"), R"(blame_symbol {"name":"Cart.Add"})");
    EXPECT_EQ(asked("What is slow in CartIndex?"), R"(find_patterns {"in":["CartIndex"]})");
    EXPECT_EQ(asked("Where is the frame Shop!Shop.Cart+<AddAsync>d__3.MoveNext()?"),
              R"x(source_resolve {"frame":"Shop!Shop.Cart+<AddAsync>d__3.MoveNext()"})x");
}

TEST(CodeQuestion, OtherMessagesAreNone) {
    for (const std::string_view message :
         {"", "Who calls the shots?", "Checkout got slower since v2: who calls Cart.Add?",
          "What is slow in production?", "where is it?", "Cart.Add", "Who calls Cart.Add? It got slower.",
          "The producer seems slower after my change"})
        EXPECT_EQ(asked(message), "") << message;
    EXPECT_EQ(asked("who calls A." + std::string(500, 'x')), "");
}

}  // namespace
}  // namespace culprit
