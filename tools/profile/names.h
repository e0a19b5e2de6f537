// Names of methods: taking them apart and showing them as the method that a person wrote.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "tools/profile/builder.h"

namespace culprit {

// The frame for a name as .NET's tools write it, "Module!Namespace.Type.Method(signature)"; a name with which
// they group or mark stacks ("Thread (17)", "UNMANAGED_CODE_TIME") becomes a Marker.
Frame dotnet_frame(std::string_view name, ProfileBuilder& builder);

// The frame for a symbol as .NET's perf maps have it, "int32 [Shop] Shop.Cart::Add(string)[OptimizedTier1]";
// also with the arguments or the tier left out; nothing for a symbol of another form. The name is the whole
// symbol.
std::optional<Frame> jitted_frame(std::string_view symbol, ProfileBuilder& builder);

// A frame's name without what tools put around it: module, type of the result, tier of optimisation.
//   "Shop!Shop.Cart.Add(int32)" -> "Shop.Cart.Add(int32)"
std::string_view bare_name(std::string_view name, std::string_view module);
std::string_view bare_name(const Profile& profile, FrameId frame);

// A bare name in its parts, each a piece of it; what a name does not have is empty.
//   "Shop.Cart`1+Line[System.Int32].Add(class System.String)" -> "Shop", "Cart`1+Line[System.Int32]", "Add",
//   "(class System.String)"
struct NameParts {
    std::string_view name_space, type, method, signature;
};
// `owner_size` as in Frame; 0 if it has to be found out.
NameParts name_parts(std::string_view name, std::size_t owner_size = 0);

// A method of .NET for people, in the words of C#: async state machines, iterators, lambdas and local
// functions under the method in whose source they stand.
//   "Shop.Cart+<SendAsync>d__12.MoveNext()"                      -> "Shop.Cart.SendAsync"
//   "Shop.Cart+<>c__DisplayClass3_0.<Total>b__1(int32)"          -> "Shop.Cart.Total.lambda1(int)"
//   "System.Threading.Thread.<PollGC>g__PollGCWorker|67_0()"     ->
//   "System.Threading.Thread.PollGC.PollGCWorker()"
//   "System.Collections.Generic.List`1[System.__Canon].Add(!0)"  ->
//   "System.Collections.Generic.List<__Canon>.Add(T0)"
std::string shown_method(std::string_view name, std::size_t owner_size = 0);

// The name of any frame for people: a method of .NET as above, everything else as the file has it; what has
// no name by its module and address.
std::string shown_name(const Profile& profile, FrameId frame);

// Namespace and type of a frame for people, "Shop.Cart" for all of its state machines, lambdas and closures;
// empty if it has none.
std::string shown_type(const Profile& profile, FrameId frame);

}  // namespace culprit
