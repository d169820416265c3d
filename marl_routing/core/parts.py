"""How numba compiles a kernel: as a part of what calls it, and once for all widths of numbers.

By itself numba would optimise every kernel, make machine code of it, and do all that anew for each
constant and each type of integer that it is called with; that takes twice as long. And it would
keep every kernel callable from elsewhere, with all arguments, so that few become one with their
only caller; that costs a fifth of the speed.
"""

from collections.abc import Callable
from inspect import signature
from types import BuiltinFunctionType, FunctionType
from typing import Any, ClassVar

from llvmlite.binding import Linkage
from numba import types
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import Compiler, CompilerBase
from numba.core.compiler_machinery import PassManager, _pass_registry, register_pass
from numba.core.typed_passes import (
    AnnotateTypes,
    IRLegalization,
    NativeLowering,
    NoPythonBackend,
    NopythonTypeInference,
    PreLowerStripPhis,
)
from numba.core.typing.context import Context
from numba.core.untyped_passes import (
    DeadBranchPrune,
    FixupArgs,
    GenericRewrites,
    IRProcessing,
    ReconstructSSA,
    RewriteSemanticConstants,
    TranslateByteCode,
)

# numba's code is not annotated.
_types: Any = types
_Compiler: Any = Compiler
_PassManager: Any = PassManager
_registry: Any = _pass_registry
_TypingContext: Any = Context
_register_pass: Any = register_pass


class _Part(JITCodeLibrary):
    """The code of a kernel and of all that it calls; an entry optimises it, in one go."""

    def _optimize_final_module(self) -> None:
        pass

    def _finalize_final_module(self) -> None:
        self._finalized = True


class _Whole(JITCodeLibrary):
    """The code of an entry and of all its parts, which nobody else calls."""

    def _optimize_final_module(self) -> None:
        module: Any = self._final_module
        for function in module.functions:
            if not function.is_declaration and function.linkage == Linkage.linkonce_odr:
                function.linkage = "internal"
        optimize: Any = super()._optimize_final_module
        optimize()


class _Typing(_TypingContext):  # type: ignore[misc]
    """numba's own typing context, which looks every operation of given types up only once."""

    known: ClassVar[dict[Any, Any]] = {}

    def __init__(self, context: Any) -> None:
        self.__dict__ = context.__dict__

    def resolve_function_type(self, func: Any, args: Any, kws: Any) -> Any:
        """The signature of a call, or None."""
        resolve: Any = super().resolve_function_type
        if kws or not isinstance(func, FunctionType | BuiltinFunctionType | _types.Function):
            return resolve(func, args, kws)
        if (func, args) not in self.known:
            self.known[func, args] = resolve(func, args, kws)
        return self.known[func, args]


@_register_pass(mutates_CFG=True, analysis_only=False)
class _InferTypes(NopythonTypeInference):
    """Find the types of a kernel's variables."""

    _name = "infer_types"

    def run_pass(self, state: Any) -> bool:
        context = state.typingctx
        state.typingctx = _Typing(context)
        infer: Any = super().run_pass
        try:
            return bool(infer(state))
        finally:
            state.typingctx = context


@_register_pass(mutates_CFG=True, analysis_only=False)
class _LowerPart(NativeLowering):
    """Write a kernel's LLVM code, and stop there."""

    _name = "lower_part"

    def run_pass(self, state: Any) -> bool:
        part: Any = _Part
        lower: Any = super().run_pass
        state.library = part(state.targetctx.codegen(), state.func_id.func_qualname)
        state.library.enable_object_caching()
        state.flags.no_compile = True
        lower(state)
        key: Any = [].append  # numba knows what it has compiled by a built-in function of its own
        state.targetctx.insert_user_function(key, state.cr.fndesc, [state.library])
        state.cr = state.cr._replace(cfunc=key)
        return True


_PASSES: tuple[Any, ...] = (
    TranslateByteCode,
    FixupArgs,
    IRProcessing,
    RewriteSemanticConstants,
    DeadBranchPrune,
    GenericRewrites,
    ReconstructSSA,
    _InferTypes,
    PreLowerStripPhis,
    IRLegalization,
    AnnotateTypes,
    _LowerPart,
    NoPythonBackend,
)


class _Passes(_PassManager):  # type: ignore[misc]
    """Runs passes and nothing between them: no events, dumps or checks of what numba made."""

    def run(self, state: Any) -> None:
        """Run them all."""
        for one, _ in self.passes:
            instance = _registry.get(one).pass_inst
            instance.analysis = self._analysis
            instance.run_pass(state)


class PartCompiler(CompilerBase):
    """Those of numba's passes that kernels need: they have no closures or array expressions."""

    def define_pipelines(self) -> list[Any]:
        """One pipeline, of `_PASSES`."""
        manager = _Passes("part")
        for one in _PASSES:
            manager.add_pass(one, one.__name__)
        manager.finalize()
        return [manager]


class EntryCompiler(_Compiler):  # type: ignore[misc]
    """All of numba's passes, for what Python calls."""

    def compile_extra(self, func: Callable[..., object]) -> Any:
        """Compile a Python function into a `_Whole`."""
        whole: Any = _Whole
        self.state.library = whole(self.state.targetctx.codegen(), func.__qualname__)
        self.state.library.enable_object_caching()
        return super().compile_extra(func)


def convert_arguments(function: Callable[..., object], dispatcher: Any) -> None:
    """Let callers convert what they pass for an `int` to int64, and for a `float` to float64."""
    annotations = [one.annotation for one in signature(function).parameters.values()]
    resolve = dispatcher.get_call_template

    def resolve_converted(arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
        return resolve(tuple(map(_converted, arguments, annotations)), keywords)

    dispatcher.get_call_template = resolve_converted


def _converted(argument: Any, annotation: Any) -> Any:
    argument = _types.unliteral(argument)
    if annotation is int and isinstance(argument, _types.Integer | _types.Boolean):
        return _types.int64
    if annotation is float and isinstance(argument, _types.Integer | _types.Float):
        return _types.float64
    return argument


def choose_at_compile_time(
    dispatcher: Any, other: Any, applies: Callable[[tuple[Any, ...]], bool]
) -> None:
    """Let calls of one kernel go to another of the same arguments, where it does not apply.

    Args:
        dispatcher: the kernel.
        other: the other kernel.
        applies: tells from the types of the arguments.
    """
    resolve, find = dispatcher.get_call_template, dispatcher.get_overload
    dispatcher.otherwise = other, applies  # for who compiles for another device

    def resolve_either(arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
        either = resolve if applies(arguments) else other.get_call_template
        return either(arguments, keywords)

    def find_either(arguments: tuple[Any, ...]) -> Any:
        return find(arguments) if applies(arguments) else other.get_overload(arguments)

    dispatcher.get_call_template = resolve_either
    dispatcher.get_overload = find_either
