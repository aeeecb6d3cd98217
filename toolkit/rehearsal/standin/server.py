"""The wire: Pulumi's ``ResourceProvider`` service over gRPC, answered by ``Provider``."""

# ruff: noqa: N802 - the service of provider.proto names its methods

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc
from google.protobuf import empty_pb2  # type: ignore[import-untyped]
from pulumi.runtime.proto import errors_pb2, plugin_pb2, provider_pb2, provider_pb2_grpc, status_pb2

from toolkit.errors import OnboardError
from toolkit.rehearsal.property_map import load_map
from toolkit.rehearsal.standin.clients import Cloud
from toolkit.rehearsal.standin.provider import HalfMade, Provider, Refused
from toolkit.rehearsal.standin.values import Props, pack, unpack
from toolkit.rehearsal.world.control import WorldControl

CONFIGURATION = frozenset({"region", "allowedAccountIds", "forbiddenAccountIds", "defaultTags", "version"})
_IGNORED = frozenset(
    {"skipCredentialsValidation", "skipRegionValidation", "skipMetadataApiCheck", "skipRequestingAccountId"}
)
_SET = provider_pb2.PropertyDiff


class Servicer(provider_pb2_grpc.ResourceProviderServicer):
    """One plugin process: one provider configuration, any number of resources."""

    def __init__(self, *, endpoint: str, account: str, control: WorldControl | None, version: str) -> None:
        self.endpoint = endpoint
        self.account = account
        self.control = control
        self.version = version
        self._provider: Provider | None = None

    @property
    def provider(self) -> Provider:
        """The configured provider; refused before Configure."""
        if self._provider is None:
            raise Refused("the provider is not configured")
        return self._provider

    def GetPluginInfo(self, _request: Any, _context: Any) -> Any:
        return plugin_pb2.PluginInfo(version=self.version)

    def GetSchema(self, _request: Any, _context: Any) -> Any:
        return provider_pb2.GetSchemaResponse(schema=json.dumps({"name": "aws", "version": self.version}))

    def CheckConfig(self, request: Any, context: Any) -> Any:
        with _told(context, request.urn):
            news, secret = unpack(request.news)
            failures = [
                provider_pb2.CheckFailure(property=name, reason=f"the stand-in provider has no setting {name}")
                for name in sorted(set(news) - CONFIGURATION - _IGNORED)
            ]
            return provider_pb2.CheckResponse(inputs=pack(news, secret), failures=failures)

    def DiffConfig(self, request: Any, context: Any) -> Any:
        with _told(context, request.urn):
            olds, news = unpack(request.olds)[0], unpack(request.news)[0]
            names = sorted(name for name in olds.keys() | news.keys() if olds.get(name) != news.get(name))
            replaces = [name for name in names if name == "region"]
            changes = provider_pb2.DiffResponse.DIFF_SOME if names else provider_pb2.DiffResponse.DIFF_NONE
            return provider_pb2.DiffResponse(changes=changes, diffs=names, replaces=replaces)

    def Configure(self, request: Any, context: Any) -> Any:
        with _told(context, "provider"):
            settings = {name: _decoded(value) for name, value in unpack(request.args)[0].items()}
            region = settings.get("region")
            if not region:
                raise Refused("the provider needs its region: the rehearsal takes none from the environment")
            self._refuse_foreign_account(settings)
            tags = (settings.get("defaultTags") or {}).get("tags") or {}
            cloud = Cloud(endpoint=self.endpoint, region=region, account=self.account)
            self._provider = Provider(cloud, tags)
            return provider_pb2.ConfigureResponse(acceptSecrets=True, supportsPreview=True)

    def _refuse_foreign_account(self, settings: Props) -> None:
        cloud = Cloud(endpoint=self.endpoint, region=settings["region"], account=self.account)
        account = cloud.sts.get_caller_identity()["Account"]
        allowed, forbidden = settings.get("allowedAccountIds"), settings.get("forbiddenAccountIds") or []
        if (allowed and account not in allowed) or account in forbidden:
            raise Refused(f"AWS account ID not allowed: {account}")
        self.account = account

    def Check(self, request: Any, context: Any) -> Any:
        with _told(context, request.urn):
            news, secret = unpack(request.news)
            olds, _ = unpack(request.olds)
            inputs, failures = self.provider.check(_token(request.urn), olds, news, _name(request.urn))
            return provider_pb2.CheckResponse(
                inputs=pack(inputs, secret),
                failures=[provider_pb2.CheckFailure(property=name, reason=reason) for name, reason in failures],
            )

    def Diff(self, request: Any, context: Any) -> Any:
        with _told(context, request.urn):
            token = _token(request.urn)
            found = self.provider.diff(
                token, unpack(request.old_inputs)[0], unpack(request.olds)[0], unpack(request.news)[0]
            )
            ignored = set(request.ignoreChanges)
            names = [name for name in found.changed if name not in ignored]
            replaces = [name for name in found.replace if name not in ignored]
            changes = provider_pb2.DiffResponse.DIFF_SOME if names else provider_pb2.DiffResponse.DIFF_NONE
            detailed = {
                name: _SET(kind=_SET.UPDATE_REPLACE if name in replaces else _SET.UPDATE, inputDiff=True)
                for name in names
            }
            physical = any(entry.physical for entry in load_map()[token].properties.values())
            return provider_pb2.DiffResponse(
                changes=changes,
                diffs=names,
                replaces=replaces,
                detailedDiff=detailed,
                hasDetailedDiff=True,
                deleteBeforeReplace=bool(replaces) and physical,
            )

    def Create(self, request: Any, context: Any) -> Any:
        token = _token(request.urn)
        inputs, secret = unpack(request.properties)
        secret |= _secret_names(token)
        if request.preview:
            with _told(context, request.urn):
                return provider_pb2.CreateResponse(properties=pack(self.provider.preview(token, inputs), secret))
        with _told(context, request.urn, secret):
            identity, state = self.provider.create(token, inputs)
            self._announce(token, request.urn, identity)
            return provider_pb2.CreateResponse(id=identity, properties=pack(state, secret))

    def _announce(self, token: str, urn: str, identity: str) -> None:
        """Tell the world that the object is complete: the reply to the engine waits while a fault withholds it."""
        if self.control is not None:
            self.control.committed(token, {"urn": urn, "id": identity})

    def Read(self, request: Any, context: Any) -> Any:
        token = _token(request.urn)
        with _told(context, request.urn):
            inputs, secret = unpack(request.inputs)
            secret |= unpack(request.properties)[1] | _secret_names(token)
            found = self.provider.read(token, request.id, inputs)
            if found is None:
                return provider_pb2.ReadResponse()
            state, fresh = found
            identity = state.pop("id", request.id)
            return provider_pb2.ReadResponse(id=identity, properties=pack(state, secret), inputs=pack(fresh, secret))

    def Update(self, request: Any, context: Any) -> Any:
        token = _token(request.urn)
        news, secret = unpack(request.news)
        state, known_secret = unpack(request.olds)
        secret |= known_secret | _secret_names(token)
        with _told(context, request.urn, secret):
            if request.preview:
                return provider_pb2.UpdateResponse(properties=pack(self.provider.preview(token, news, state), secret))
            new_state = self.provider.update(token, request.id, unpack(request.old_inputs)[0], news)
            return provider_pb2.UpdateResponse(properties=pack(new_state, secret))

    def Delete(self, request: Any, context: Any) -> Any:
        with _told(context, request.urn):
            self.provider.delete(_token(request.urn), request.id, unpack(request.properties)[0])
            return empty_pb2.Empty()

    def Invoke(self, request: Any, context: Any) -> Any:
        with _told(context, request.tok):
            cloud = self.provider.cloud
            answers: dict[str, Props] = {
                "aws:index/getCallerIdentity:getCallerIdentity": {"accountId": cloud.account, "id": cloud.account},
                "aws:index/getRegion:getRegion": {"name": cloud.region, "region": cloud.region, "id": cloud.region},
                "aws:index/getPartition:getPartition": {"partition": "aws", "id": "aws", "dnsSuffix": "amazonaws.com"},
            }
            if request.tok not in answers:
                raise Refused(f"unknown function {request.tok}")
            return provider_pb2.InvokeResponse(**{"return": pack(answers[request.tok])})

    def Cancel(self, _request: Any, _context: Any) -> Any:
        return empty_pb2.Empty()

    def Attach(self, _request: Any, _context: Any) -> Any:
        return empty_pb2.Empty()


def serve(servicer: Servicer) -> None:
    """Listen on a loopback port, print it (Pulumi's plugin protocol) and serve until the parent is gone."""
    from concurrent.futures import ThreadPoolExecutor

    limit = 400 * 1024 * 1024
    server = grpc.server(
        ThreadPoolExecutor(max_workers=32),
        options=[("grpc.max_receive_message_length", limit), ("grpc.max_send_message_length", limit)],
    )
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    server.wait_for_termination()


def _end_with_parent() -> None:
    """End when the engine does, however it dies.

    A parent-death signal alone would also come when only the engine's starting thread ends, so the process is watched.
    """
    import select

    parent = os.getppid()
    try:
        handle = os.pidfd_open(parent)
    except OSError:
        os._exit(1)
    watcher = select.poll()
    watcher.register(handle, select.POLLIN)
    while os.getppid() == parent and not watcher.poll(1000):
        pass
    os._exit(0)


@contextmanager
def _told(context: Any, subject: str, secret: set[str] | None = None) -> Iterator[None]:
    """Turn every exception into the gRPC status that the engine shows with the resource's name."""
    try:
        yield
    except HalfMade as half:
        context.abort_with_status(_init_failed(half, secret or set()))
    except Refused as refused:
        context.abort(grpc.StatusCode.INVALID_ARGUMENT, str(refused))
    except OnboardError as error:
        context.abort(grpc.StatusCode.UNAVAILABLE, error.message)
    except Exception as error:  # noqa: BLE001 whatever boto3 raises is the engine's to show
        context.abort(grpc.StatusCode.UNKNOWN, f"{subject.rpartition('::')[2]}: {error}")


class _Status(grpc.Status):  # type: ignore[misc]
    def __init__(self, code: Any, details: str, trailing_metadata: Any) -> None:
        self.code = code
        self.details = details
        self.trailing_metadata = trailing_metadata


def _init_failed(half: HalfMade, secret: set[str]) -> grpc.Status:
    detail = errors_pb2.ErrorResourceInitFailed() if hasattr(errors_pb2, "ErrorResourceInitFailed") else None
    detail = detail or provider_pb2.ErrorResourceInitFailed()
    detail.id = half.identity
    detail.properties.CopyFrom(pack(half.state, secret))
    detail.inputs.CopyFrom(pack(half.inputs, secret))
    detail.reasons.append(half.reason)
    status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=half.reason)
    status.details.add().Pack(detail)
    return _Status(grpc.StatusCode.UNKNOWN, half.reason, (("grpc-status-details-bin", status.SerializeToString()),))


def _token(urn: str) -> str:
    """The resource's own type: the part after the last ``$`` of the URN's type chain."""
    return urn.split("::")[2].rpartition("$")[2]


def _name(urn: str) -> str:
    return urn.split("::", 3)[3]


def _secret_names(token: str) -> set[str]:
    known = load_map().get(token)
    if known is None:
        return set()
    return {name for name, entry in known.properties.items() if entry.secret} | set(known.secret_outputs)


def _decoded(value: Any) -> Any:
    """Provider settings other than text come as JSON inside a string."""
    if isinstance(value, str) and value[:1] in ("[", "{", "t", "f"):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def control_of(path: str) -> WorldControl | None:
    """The world's control client, when the launcher named its socket."""
    return WorldControl(Path(path)) if path else None
