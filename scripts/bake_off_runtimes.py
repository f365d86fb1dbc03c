"""The contenders of `bake_off.py`: the built-in model on our own decoder and on other runtimes.

Each converts the checkpoint, loads it, writes answers and gives logits. Rivals are imported when
they are loaded. All write exactly as many tokens as asked for, whatever the model would write.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, Final, NamedTuple

# The length that the marker of the prompts asks for.
WORDS: Final = 30
# How llama.cpp, which has no beams, draws several candidates.
TOP: Final = 32
TEMPERATURE: Final = 0.7


class Prompt(NamedTuple):
    """An article's text, the tokens of its prompt, and those of its reference summary."""

    text: str
    tokens: list[int]
    summary: list[int]


class Runtime:
    """A contender."""

    @staticmethod
    def convert(model: Path, folder: Path) -> None:
        """Writes the checkpoint in `model` into `folder` in the runtime's own form."""

    def __init__(self, model: Path, folder: Path, threads: int) -> None:
        """Loads the checkpoint, or its converted form."""

    def write(self, prompts: Sequence[Prompt], candidates: int, new_tokens: int) -> Any:
        """Answers all prompts at once."""
        raise NotImplementedError

    def logits(self, prompt: list[int], summary: list[int]) -> list[Any]:
        """The logits of each token of `summary`, behind the prompt: one array a token."""
        raise NotImplementedError


class Breve(Runtime):
    held_to_facts = False

    def __init__(self, model: Path, folder: Path, threads: int) -> None:
        from models.checkpoints.catalog import BUILTIN
        from models.loading import load_checkpoint

        engine: Any = load_checkpoint(BUILTIN, threads)
        # No token ends an answer.
        engine._ends = []
        self._engine = engine

    def write(self, prompts: Sequence[Prompt], candidates: int, new_tokens: int) -> Any:
        from models.engine import GenerateRequest, Task

        requests = [
            GenerateRequest(
                *(Task.SUMMARY, prompt.text, new_tokens, WORDS, candidates),
                facts=prompt.text if self.held_to_facts else "",
            )
            for prompt in prompts
        ]
        assert self._engine._prompt(requests[0])[0] == prompts[0].tokens
        return [result.candidates[0].text for result in self._engine.generate(requests)]

    def logits(self, prompt: list[int], summary: list[int]) -> list[Any]:
        import torch

        decoder, rows, slot = self._engine._model, [], None
        with torch.inference_mode():
            cache = decoder.cache(1, len(prompt) + len(summary))
            tree = decoder.read(prompt[:-1], len(summary), cache)
            for token in [prompt[-1], *summary[:-1]]:
                slot = tree.add(token, slot)
                rows.append(decoder.step(cache)[0][0].logits[0].numpy().copy())
        return rows


class BreveHeldToFacts(Breve):
    held_to_facts = True


class Transformers(Runtime):
    def __init__(self, model: Path, folder: Path, threads: int) -> None:
        import torch
        from transformers import AutoModelForCausalLM

        torch.set_num_threads(threads)
        self._model: Any = AutoModelForCausalLM.from_pretrained(model, dtype=torch.float32)

    def write(self, prompts: Sequence[Prompt], candidates: int, new_tokens: int) -> Any:
        import torch

        tokens = torch.tensor([prompt.tokens for prompt in prompts])
        counts = {"max_new_tokens": new_tokens, "min_new_tokens": new_tokens}
        beams = {"num_beams": candidates, "num_return_sequences": candidates, "do_sample": False}
        mask = torch.ones_like(tokens)
        written = self._model.generate(tokens, attention_mask=mask, **counts, **beams)
        return written[:, len(prompts[0].tokens) :].tolist()

    def logits(self, prompt: list[int], summary: list[int]) -> list[Any]:
        import torch

        tokens = torch.tensor([[*prompt, *summary[:-1]]])
        with torch.inference_mode():
            rows = self._model(tokens, logits_to_keep=len(summary)).logits[0]
        return list(rows.numpy())


class CTranslate2(Runtime):
    @staticmethod
    def convert(model: Path, folder: Path) -> None:
        from ctranslate2.converters import TransformersConverter

        TransformersConverter(str(model)).convert(str(folder / "int8"), quantization="int8")

    def __init__(self, model: Path, folder: Path, threads: int) -> None:
        import ctranslate2

        files = folder / "int8"
        self._names = json.loads((files / "vocabulary.json").read_text(encoding="utf-8"))
        self._generator = ctranslate2.Generator(
            str(files), compute_type="int8", inter_threads=1, intra_threads=threads
        )

    def write(self, prompts: Sequence[Prompt], candidates: int, new_tokens: int) -> Any:
        written = self._generator.generate_batch(
            [[self._names[token] for token in prompt.tokens] for prompt in prompts],
            beam_size=candidates,
            num_hypotheses=candidates,
            min_length=new_tokens,
            max_length=new_tokens,
            include_prompt_in_result=False,
        )
        return [result.sequences_ids[0] for result in written]

    def logits(self, prompt: list[int], summary: list[int]) -> list[Any]:
        import numpy as np

        # Its pass over a whole text, `forward_batch`, refuses more than 512 tokens.
        names = [self._names[token] for token in [*prompt, *summary]]
        rows = []
        for end in range(len(prompt), len(names)):
            (written,) = self._generator.generate_batch(
                [names[:end]],
                max_length=1,
                include_prompt_in_result=False,
                return_logits_vocab=True,
            )
            rows.append(np.array(written.logits[0][0]).reshape(-1))
        return rows


class LlamaCpp(Runtime):
    @staticmethod
    def convert(model: Path, folder: Path) -> None:
        write_gguf(model, folder / "q8_0.gguf")

    def __init__(self, model: Path, folder: Path, threads: int) -> None:
        bindings = import_module("llama_cpp_py_sync._cffi_bindings")
        self._c, self._ffi = bindings.get_lib(), bindings.get_ffi()
        self._threads = threads
        # Kept, since C calls it.
        silence = "void(enum ggml_log_level, const char*, void*)"
        self._log = self._ffi.callback(silence, lambda *_: None)
        self._c.llama_log_set(self._log, self._ffi.NULL)
        path = str(folder / "q8_0.gguf").encode()
        self._model = self._c.llama_model_load_from_file(path, self._c.llama_model_default_params())
        self._batch = self._c.llama_batch_init(2048, 0, 1)

    def _context(self, sequences: int, length: int, shared: bool) -> Any:
        settings = self._c.llama_context_default_params()
        settings.n_ctx = sequences * (length + -length % 256)
        settings.n_batch, settings.n_seq_max, settings.kv_unified = 2048, sequences, shared
        settings.n_threads = settings.n_threads_batch = self._threads
        context = self._c.llama_init_from_model(self._model, settings)
        return self._ffi.gc(context, self._c.llama_free)

    def _read(self, context: Any, rows: Sequence[tuple[int, int, int, bool]]) -> None:
        """Reads rows of token, position, sequence, and whether logits are wanted."""
        self._batch.n_tokens = len(rows)
        for place, (token, position, sequence, wanted) in enumerate(rows):
            self._batch.token[place], self._batch.pos[place] = token, position
            self._batch.n_seq_id[place], self._batch.seq_id[place][0] = 1, sequence
            self._batch.logits[place] = wanted
        assert self._c.llama_decode(context, self._batch) == 0

    def _sampler(self, candidates: int) -> Any:
        c = self._c
        chain = c.llama_sampler_chain_init(c.llama_sampler_chain_default_params())
        links = [c.llama_sampler_init_greedy()]
        if candidates > 1:
            links = [c.llama_sampler_init_top_k(TOP), c.llama_sampler_init_temp(TEMPERATURE)]
            links.append(c.llama_sampler_init_dist(1))
        for link in links:
            c.llama_sampler_chain_add(chain, link)
        return self._ffi.gc(chain, c.llama_sampler_free)

    def write(self, prompts: Sequence[Prompt], candidates: int, new_tokens: int) -> Any:
        length, sampler = len(prompts[0].tokens), self._sampler(candidates)
        sequences = len(prompts) * candidates
        context = self._context(sequences, length + new_tokens, shared=len(prompts) == 1)
        memory, answers = self._c.llama_get_memory(context), []
        for number, prompt in enumerate(prompts):
            first = number * candidates
            last = len(prompt.tokens) - 1
            self._read(context, [(t, k, first, k == last) for k, t in enumerate(prompt.tokens)])
            for copy in range(candidates):
                if copy:
                    self._c.llama_memory_seq_cp(memory, first, first + copy, -1, -1)
                answers.append([self._c.llama_sampler_sample(sampler, context, -1)])
        for step in range(new_tokens - 1):
            self._read(context, [(a[-1], length + step, s, True) for s, a in enumerate(answers)])
            for sequence, answer in enumerate(answers):
                answer.append(self._c.llama_sampler_sample(sampler, context, sequence))
        return answers

    def logits(self, prompt: list[int], summary: list[int]) -> list[Any]:
        import numpy as np

        context = self._context(1, len(prompt) + len(summary), shared=True)
        count = self._c.llama_vocab_n_tokens(self._c.llama_model_get_vocab(self._model))
        rows = []
        self._read(context, [(token, k, 0, False) for k, token in enumerate(prompt[:-1])])
        for k, token in enumerate([prompt[-1], *summary[:-1]]):
            self._read(context, [(token, len(prompt) - 1 + k, 0, True)])
            pointer = self._c.llama_get_logits_ith(context, 0)
            rows.append(np.frombuffer(self._ffi.buffer(pointer, 4 * count), np.float32).copy())
        return rows


class OnnxRuntimeGenAI(Runtime):
    @staticmethod
    def convert(model: Path, folder: Path) -> None:
        from transformers import Gemma3TextConfig

        source = import_module("onnxruntime_genai.models").__file__
        assert source is not None
        sys.path.insert(0, str(Path(source).parent))
        builder = import_module("builder")
        # The builder reads names that transformers 5 has no more.
        kinds = {"rope_theta": "full_attention", "rope_local_base_freq": "sliding_attention"}
        for name, kind in kinds.items():
            setattr(Gemma3TextConfig, name, property(partial(_rope_base, kind=kind)))
        import_module("builders.gemma").Gemma3Model.make_rope_init = lambda *_: None
        # Windows in the cache admit neither beams nor fewer than 512 tokens.
        choices = ["windowed_kv_cache=false", "prune_lm_head=true"]
        place = (str(model), "", str(folder), "int8", "cpu", str(folder))
        builder.create_model(*place, **builder.parse_extra_options(*place, choices))

    def __init__(self, model: Path, folder: Path, threads: int) -> None:
        self._genai = import_module("onnxruntime_genai")
        config = self._genai.Config(str(folder))
        session = {"intra_op_num_threads": threads, "inter_op_num_threads": 1}
        config.overlay(json.dumps({"model": {"decoder": {"session_options": session}}}))
        self._model = self._genai.Model(config)

    def _generator(self, prompts: Sequence[list[int]], candidates: int, length: int) -> Any:
        import numpy as np

        settings = self._genai.GeneratorParams(self._model)
        beams = {"num_beams": candidates, "num_return_sequences": candidates}
        settings.set_search_options(
            batch_size=len(prompts), min_length=length, max_length=length, do_sample=False, **beams
        )
        if candidates > 1:
            settings.set_search_options(past_present_share_buffer=False)
        generator = self._genai.Generator(self._model, settings)
        generator.append_tokens(np.array(prompts, np.int32))
        return generator

    def write(self, prompts: Sequence[Prompt], candidates: int, new_tokens: int) -> Any:
        length = len(prompts[0].tokens) + new_tokens
        generator = self._generator([prompt.tokens for prompt in prompts], candidates, length)
        while not generator.is_done():
            generator.generate_next_token()
        return [generator.get_sequence(place).tolist() for place in range(len(prompts))]

    def logits(self, prompt: list[int], summary: list[int]) -> list[Any]:
        generator = self._generator([prompt], 1, len(prompt) + len(summary))
        rows = [generator.get_logits().reshape(-1).copy()]
        for token in summary[:-1]:
            generator.append_tokens([token])
            rows.append(generator.get_logits().reshape(-1).copy())
        return rows


RUNTIMES: Final[Mapping[str, type[Runtime]]] = {
    "Brève int8": Breve,
    "Brève int8, held to facts": BreveHeldToFacts,
    "CTranslate2 int8": CTranslate2,
    "llama.cpp Q8_0": LlamaCpp,
    "onnxruntime-genai int8": OnnxRuntimeGenAI,
    "transformers float32": Transformers,
}
REFERENCE: Final = "transformers float32"


def _rope_base(config: Any, kind: str) -> Any:
    return config.rope_parameters[kind]["rope_theta"]


def write_gguf(model: Path, file: Path) -> None:
    """Writes the checkpoint for llama.cpp: matrices in Q8_0, tokens by name only."""
    import gguf

    config = json.loads((model / "config.json").read_text(encoding="utf-8"))
    vocabulary = json.loads((model / "tokenizer.json").read_text(encoding="utf-8"))["model"][
        "vocab"
    ]
    settings = {
        "context_length": config["max_position_embeddings"],
        "embedding_length": config["hidden_size"],
        "block_count": config["num_hidden_layers"],
        "feed_forward_length": config["intermediate_size"],
        "head_count": config["num_attention_heads"],
        "head_count_kv": config["num_key_value_heads"],
        "key_length": config["head_dim"],
        "value_length": config["head_dim"],
        "layer_norm_rms_eps": config["rms_norm_eps"],
        "sliding_window": config["sliding_window"],
        "rope_freq_base": config["rope_parameters"]["full_attention"]["rope_theta"],
        "rope_freq_base_swa": config["rope_parameters"]["sliding_attention"]["rope_theta"],
        "tokenizer_model": "llama",
        "token_list": [name.encode() for name in sorted(vocabulary, key=vocabulary.get)],
        "token_scores": [-float(token) for token in range(len(vocabulary))],
        "token_types": [gguf.TokenType.NORMAL] * len(vocabulary),
    }
    writer = gguf.GGUFWriter(file, "gemma3")
    for name, value in settings.items():
        getattr(writer, f"add_{name}")(value)
    write_tensors(writer, model, config["num_hidden_layers"])


def write_tensors(writer: Any, model: Path, layers: int) -> None:
    """Writes the settings of a GGUF file, and the weights by llama.cpp's names."""
    import gguf
    from safetensors.torch import load_file

    from models.builtin.build import LAYER_NAMES, OTHER_NAMES

    names = {name: gguf_name for gguf_name, name in OTHER_NAMES.items()}
    for k in range(layers):
        for short, name in LAYER_NAMES.items():
            names[f"model.layers.{k}.{name}.weight"] = f"blk.{k}.{short}.weight"
    for name, tensor in load_file(model / "model.safetensors").items():
        values = tensor.float().numpy()
        if name.endswith("norm.weight"):
            # llama.cpp wants the 1 that Gemma adds to the weights of norms.
            writer.add_tensor(names[name], values + 1)
        else:
            kind = gguf.GGMLQuantizationType.Q8_0
            writer.add_tensor(names[name], gguf.quantize(values, kind), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
